package dev.vpccni.vpc.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.vpc.api.Ec2Error;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

class FaultTableTest {

    private static final Effect ERROR = new Effect.Fail(Ec2Error.internal());
    private static final Effect LOST = new Effect.LoseAnswer();

    @Test
    void aFaultHitsAfterWhatItSkipsAndThenIsUsedUp() {
        var table = FaultTable.of(new Fault("AttachNetworkInterface", null, 1, 2, ERROR));

        var effects = new ArrayList<Effect>();
        for (int i = 0; i < 4; i++) {
            var drawn = table.draw("AttachNetworkInterface", "i-1");
            table = drawn.after();
            effects.add(drawn.effect());
        }

        assertThat(effects).containsExactly(null, ERROR, ERROR, null);
    }

    @Test
    void theFirstMatchDecides() {
        var table =
                FaultTable.of(
                        new Fault(null, "i-2", 0, Fault.ALWAYS, LOST),
                        Fault.always("CreateTags", ERROR));

        assertThat(table.draw("CreateTags", "i-2").effect()).isEqualTo(LOST);
        assertThat(table.draw("CreateTags", "i-1").effect()).isEqualTo(ERROR);
        assertThat(table.draw("DescribeSubnets", "i-1").effect()).isNull();
    }
}
