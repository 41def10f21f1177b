package dev.vpccni.daemon.timing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.daemon.plugin.WorkingForSomebody;
import dev.vpccni.ipam.ledger.Checkpoint;
import dev.vpccni.node.port.LedgerStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TimedStoreTest {

    @Test
    void countsAWriteAsTheCheckpoint() throws Exception {
        try (var verb = new WorkingForSomebody()) {
            List<Stage> during = new ArrayList<>();
            var store = new TimedStore(store(() -> during.add(verb.stage())));
            store.write(Checkpoint.EMPTY);
            assertThat(store.read().quarantined()).isEqualTo("file");
            assertThat(during).containsExactly(Stage.CHECKPOINT, Stage.LEDGER);
            assertThat(verb.stage()).isEqualTo(Stage.LEDGER);
        }
    }

    @Test
    void countsNoLongerWhereItFails() {
        try (var verb = new WorkingForSomebody()) {
            var store =
                    new TimedStore(
                            store(() -> {
                                throw new IOException("full");
                            }));
            assertThatThrownBy(() -> store.write(Checkpoint.EMPTY)).hasMessage("full");
            assertThat(verb.stage()).isEqualTo(Stage.LEDGER);
        }
    }

    private interface Action {
        void run() throws IOException;
    }

    private static LedgerStore store(Action action) {
        return new LedgerStore() {
            @Override
            public Stored read() throws IOException {
                action.run();
                return new Stored(null, "file");
            }

            @Override
            public void write(Checkpoint checkpoint) throws IOException {
                action.run();
            }
        };
    }
}
