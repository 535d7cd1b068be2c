/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class StuckBookieTest {
    private boolean readOnly;
    private boolean full;
    private int told;
    private final StuckBookie watch = new StuckBookie(() -> readOnly, () -> full, () -> told++);

    private void look(int times) {
        for (int i = 0; i < times; i++) {
            watch.look();
        }
    }

    @Test
    void aBookieThatStaysReadOnlyWithoutReasonIsToldOnce() {
        readOnly = true;
        look(199);
        assertThat(told).isZero();
        look(1_000);
        assertThat(told).isEqualTo(1);
    }

    @Test
    void aBookieWithAReasonIsLeftAlone() {
        look(1_000);
        readOnly = true;
        full = true;
        look(1_000);
        full = false;
        look(100);
        readOnly = false;
        look(1);
        readOnly = true;
        look(100);
        assertThat(told).isZero();
    }
}
