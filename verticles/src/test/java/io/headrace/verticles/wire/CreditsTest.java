/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class CreditsTest {
    private final Credits credits = new Credits(100);
    private final AtomicInteger resumed = new AtomicInteger();

    @Test
    void waitersGoOnWhenAQuarterIsFree() {
        credits.take(120);
        assertThat(credits.exhausted()).isTrue();
        credits.whenAvailable(resumed::incrementAndGet);
        credits.whenAvailable(resumed::incrementAndGet);
        credits.giveBack(30);
        assertThat(credits.exhausted()).isFalse();
        assertThat(resumed).hasValue(0);
        credits.giveBack(20);
        assertThat(resumed).hasValue(2);
        credits.giveBack(70);
        assertThat(resumed).hasValue(2);
        assertThat(credits.used()).isZero();
    }

    @Test
    void whoAsksLateIsNotForgotten() {
        credits.whenAvailable(resumed::incrementAndGet);
        assertThat(resumed).hasValue(1);
    }

    @Test
    void evenTheSmallestBoundLetsWaitersGoOn() {
        Credits one = new Credits(1);
        one.take(5);
        one.whenAvailable(resumed::incrementAndGet);
        one.giveBack(5);
        assertThat(resumed).hasValue(1);
    }
}
