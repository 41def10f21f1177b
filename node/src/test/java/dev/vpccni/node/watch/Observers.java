package dev.vpccni.node.watch;

import dev.vpccni.node.eni.Upkeep;
import dev.vpccni.node.fake.Fixture;
import java.util.List;

/** Observers of a node whose pods use the first network card only. */
final class Observers {

    private Observers() {}

    static CardObserver card(
            Fixture fixture,
            Upkeep upkeep,
            CardObserver.AbandonedPods abandoned,
            Runnable interfaceLost) {
        return new CardObserver(
                fixture.keeper,
                List::of,
                fixture.interfaces(),
                upkeep,
                abandoned,
                interfaceLost,
                fixture::instance,
                fixture.explanations,
                fixture.tempo);
    }

    static Observer of(Fixture fixture, CardObserver card) {
        return new Observer(
                fixture.ec2,
                fixture.host,
                List.of(card),
                fixture::instance,
                fixture.tempo,
                fixture.retry);
    }
}
