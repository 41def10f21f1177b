package dev.vpccni.vpc.action;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.vpc.World;
import dev.vpccni.vpc.api.Ec2Reply;
import dev.vpccni.vpc.api.Ec2Request.CreateNetworkInterface;
import dev.vpccni.vpc.settings.Latency;
import dev.vpccni.vpc.settings.VpcSettings;
import dev.vpccni.vpc.state.Chance;
import dev.vpccni.vpc.state.Contents;
import dev.vpccni.vpc.state.Idempotent;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Clients that use a new token each time cost a bounded memory. */
class RememberedTokensTest {

    private final World world = World.instant();
    private final CreateNetworkInterface request =
            new CreateNetworkInterface("", world.subnetA, "", List.of(), World.NO_TAGS, 0);
    private final Idempotent use =
            new Idempotent(request, new Ec2Reply.InterfaceCreated(world.eni(world.subnetA, 0), ""));

    @Test
    void theOldestMakesRoomForOneTooMany() {
        // The oldest is neither the first nor the last by name.
        Contents contents = remember(world.contents(), "m-oldest");
        for (int i = 1; i < Quotas.TOKENS; i++) {
            contents = remember(contents, (i % 2 == 0 ? "a-" : "z-") + i);
        }
        assertThat(contents.tokens().size()).isEqualTo(Quotas.TOKENS);
        assertThat(contents.tokens().get("CreateNetworkInterface m-oldest")).isEqualTo(use);

        contents = remember(contents, "one too many");

        assertThat(contents.tokens().size()).isEqualTo(Quotas.TOKENS);
        assertThat(contents.tokens().get("CreateNetworkInterface m-oldest")).isNull();
        assertThat(contents.tokens().get("CreateNetworkInterface z-1")).isEqualTo(use);
        assertThat(contents.tokens().get("CreateNetworkInterface one too many")).isEqualTo(use);
    }

    private Contents remember(Contents before, String token) {
        world.pass(Duration.ofMillis(1));
        var settings = VpcSettings.of(7, Latency.INSTANT);
        var draft = new CloudDraft(settings, before, new Chance(1), world.now());
        draft.remember(request, token, use.reply());
        return draft.contents();
    }
}
