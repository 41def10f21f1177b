package dev.vpccni.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.model.Ipv4Address;
import dev.vpccni.testing.Choose;
import dev.vpccni.testing.SeededTest;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Rules of one pod among others', some of them stale, some double. */
class ChangesTest {

    private static final Ipv4Address POD = Ipv4Address.parse("10.0.1.7");
    private static final Ipv4Address OTHER = Ipv4Address.parse("10.0.1.8");

    @SeededTest
    void appliedTheyLeaveWhatIsDesiredOnceAndTheRestAlone(RandomGenerator random) {
        List<Rule> desired = PodPlanner.rules(POD, Choose.of(random, 254, 2, 3));
        List<Rule> observed = Choose.list(random, 0, 8, () -> rule(random));

        List<Rule> after = changes(desired, observed).applyTo(observed);

        assertThat(after.stream().filter(r -> PodPlanner.owns(r, POD)))
                .containsExactlyInAnyOrderElementsOf(desired);
        assertThat(after.stream().filter(r -> !PodPlanner.owns(r, POD)))
                .containsExactlyElementsOf(
                        observed.stream().filter(r -> !PodPlanner.owns(r, POD)).toList());
    }

    @SeededTest
    void appliedTwiceThereIsNothingLeftToDo(RandomGenerator random) {
        List<Rule> desired = PodPlanner.rules(POD, Choose.of(random, 254, 2, 3));
        List<Rule> observed = Choose.list(random, 0, 8, () -> rule(random));

        List<Rule> after = changes(desired, observed).applyTo(observed);

        assertThat(changes(desired, after).isEmpty()).isTrue();
    }

    @Test
    void anythingToAddOrRemoveIsSomethingToDo() {
        List<Rule> rules = PodPlanner.rules(POD, 2);

        assertThat(changes(rules, List.of()).isEmpty()).isFalse();
        assertThat(changes(List.of(), rules).isEmpty()).isFalse();
    }

    private static Changes<Rule> changes(List<Rule> desired, List<Rule> observed) {
        return Changes.between(desired, observed, rule -> PodPlanner.owns(rule, POD));
    }

    private static Rule rule(RandomGenerator random) {
        Ipv4Address address = Choose.of(random, POD, OTHER);
        return Choose.of(
                random,
                Rule.to(512, address.only(), 254),
                Rule.from(1536, address.only(), Choose.of(random, 2, 3, 4)),
                Rule.from(1500, address.only(), 7));
    }
}
