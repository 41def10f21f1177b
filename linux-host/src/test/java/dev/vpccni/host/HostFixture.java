package dev.vpccni.host;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A node of each test's own, and its kernel as the daemon reaches it. */
abstract class HostFixture {

    TestNode node;
    LinuxHost host;

    @BeforeEach
    void openHost() throws Exception {
        node = new TestNode();
        host = node.host();
    }

    @AfterEach
    void closeHost() {
        host.close();
        node.close();
    }
}
