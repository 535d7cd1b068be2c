/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.client.Position;
import io.headrace.client.Position.Place;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class BarrierTest {
    private final Acknowledged acknowledged = new Acknowledged();

    @Test
    void whereNobodyHasToDoAnythingNothingWaits() {
        Barrier barrier = new Barrier(false, false, acknowledged);
        assertThat(barrier.reach("c")).isTrue();
        assertThat(barrier.isDown()).isFalse();
    }

    @Test
    void aCheckpointThatIsShownIsEmittedOnceAndHoldsEventsUntilItIsOver() {
        Barrier barrier = new Barrier(true, false, acknowledged);
        assertThat(barrier.reach("c")).isFalse();
        assertThat(barrier.next()).isEqualTo("c");
        barrier.emitted();
        assertThat(barrier.next()).isNull();
        assertThat(barrier.isDown()).isTrue();
        barrier.lift();
        assertThat(barrier.isDown()).isFalse();
        assertThat(barrier.next()).isNull();
    }

    @Test
    void whatIsAcknowledgedPassesAndHoldsEventsUntilThatIsWritten() {
        Barrier barrier = new Barrier(false, true, acknowledged);
        acknowledged.open("a", 0);
        acknowledged.emitted("a", 10);
        assertThat(barrier.passed()).isNull();
        assertThat(barrier.reach("c")).isFalse();
        assertThat(barrier.isDown()).isTrue();
        assertThat(barrier.next()).isNull();
        assertThat(barrier.passed()).isNull();
        acknowledged.upTo(new Position(Map.of("a", new Place(10, Optional.empty()))));
        assertThat(barrier.passed()).isEqualTo("c");
        assertThat(barrier.isDown()).isTrue();
        barrier.lift();
        assertThat(barrier.isDown()).isFalse();
    }

    @Test
    void eventsWaitUntilItIsWrittenThoughAllWasAcknowledgedBefore() {
        Barrier barrier = new Barrier(false, true, acknowledged);
        acknowledged.open("a", 0);
        assertThat(barrier.reach("c")).isTrue();
        assertThat(barrier.isDown()).isTrue();
        assertThat(barrier.next()).isNull();
        barrier.lift();
        assertThat(barrier.isDown()).isFalse();
    }
}
