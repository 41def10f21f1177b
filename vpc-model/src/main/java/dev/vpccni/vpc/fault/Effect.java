package dev.vpccni.vpc.fault;

import dev.vpccni.vpc.api.Ec2Error;
import java.time.Duration;

/** What a fault does to a request. */
public sealed interface Effect {

    /** The request is refused, and nothing is carried out. */
    record Fail(Ec2Error error) implements Effect {}

    /** The connection breaks before anything is carried out. */
    record LoseRequest() implements Effect {}

    /** The request is carried out, but the connection breaks before the answer. */
    record LoseAnswer() implements Effect {}

    /** The answer takes this much longer; the request is carried out first. */
    record Delay(Duration duration) implements Effect {}
}
