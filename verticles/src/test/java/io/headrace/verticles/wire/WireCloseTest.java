/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.wire;

import static io.headrace.verticles.wire.TestStore.eventually;

import io.headrace.codecs.wire.WireCommand.Hello;
import io.headrace.codecs.wire.WireCommand.KeepAlive;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the end of a connection does to the rest of the process: nothing. */
final class WireCloseTest {
    private final TestStore store = new TestStore();

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void timersOfOthersGoOn() {
        try (WireClient client = store.connect()) {
            client.assertAnswer(Hello.CURRENT, Hello.CURRENT);
        }
        eventually(
                "the connection is closed", () -> store.node.counters().closed.sum() == 1);
        assertTicking();
        try (WireClient client = store.connect()) {
            client.assertAnswer(KeepAlive.INSTANCE, KeepAlive.INSTANCE);
            client.sendBytes(new byte[] {1, 2, 3, 4, 5, 6, 7, 8}).assertClosed();
        }
        eventually("the second is, too", () -> store.node.counters().closed.sum() == 2);
        assertTicking();
    }

    private void assertTicking() {
        long before = store.ticks.sum();
        eventually("a timer goes off", () -> store.ticks.sum() > before + 1);
    }
}
