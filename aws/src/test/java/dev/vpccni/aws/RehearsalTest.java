package dev.vpccni.aws;

import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is gone through before the first pod needs it. */
class RehearsalTest {

    /** Each answer is understood, though nobody listens where the settings say EC2 is. */
    @Test
    void needsNeitherEc2NorCredentials() {
        AwsSettings settings =
                AwsSettings.from(
                        Map.of("AWS_ENDPOINT_URL_EC2", "http://127.0.0.1:1"), "us-west-2", "test");
        assertThatCode(() -> Rehearsal.run(settings)).doesNotThrowAnyException();
    }
}
