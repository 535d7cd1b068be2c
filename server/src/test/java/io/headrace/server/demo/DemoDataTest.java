/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.server.demo.ClockChanges.Change;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DemoDataTest {
    private final List<Change> changes = ClockChanges.all();

    @Test
    void theDataSetIsRealAndLargeEnough() {
        assertThat(changes).hasSizeGreaterThan(20_000);
        assertThat(changes.stream().map(Change::zone).distinct()).hasSizeGreaterThan(400);
        assertThat(changes)
                .isSortedAccordingTo((a, b) -> a.at().compareTo(b.at()))
                .anySatisfy(change -> assertThat(change.json())
                        .isEqualTo("{\"zone\":\"Europe/Berlin\",\"at\":\"1893-03-31T23:06:32Z\","
                                + "\"from\":\"+00:53:28\",\"to\":\"+01:00\"}"));
        assertThat(changes.stream().map(Change::json).distinct()).hasSameSizeAs(changes);
    }

    @Test
    void everythingInOrderIsAccepted() {
        assertThat(check(changes).problems()).isEmpty();
        assertThat(check(changes).eventsRead()).isEqualTo(changes.size());
    }

    @Test
    void orderBetweenKeysDoesNotMatter() {
        List<Change> byZone = new ArrayList<>(changes);
        byZone.sort((a, b) -> a.zone().compareTo(b.zone()));
        assertThat(check(byZone).problems()).isEmpty();
    }

    @Test
    void aMissingEventIsFound() {
        List<Change> without = new ArrayList<>(changes);
        without.remove(without.size() - 1);
        assertThat(check(without).problems()).containsExactly("1 events are missing");
    }

    @Test
    void aRepeatedEventIsFound() {
        List<Change> twice = new ArrayList<>(changes);
        twice.add(changes.get(7));
        assertThat(check(twice).problems()).singleElement().asString().startsWith("not sent, or read twice");
    }

    @Test
    void anUnknownEventIsFound() {
        OrderCheck check = check(changes);
        check.read("not even JSON");
        assertThat(check.problems()).containsExactly("not sent, or read twice: not even JSON");
    }

    @Test
    void twoExchangedEventsOfOneKeyAreFound() {
        List<Change> exchanged = new ArrayList<>(changes);
        String zone = changes.get(0).zone();
        List<Integer> ofZone = new ArrayList<>();
        for (int i = 0; i < changes.size() && ofZone.size() < 2; i++) {
            if (changes.get(i).zone().equals(zone)) {
                ofZone.add(i);
            }
        }
        Collections.swap(exchanged, ofZone.get(0), ofZone.get(1));
        assertThat(check(exchanged).problems()).isNotEmpty().first().asString().contains("out of order in " + zone);
    }

    @Test
    void aFloodOfProblemsIsCutShort() {
        List<Change> reversed = new ArrayList<>(changes);
        Collections.reverse(reversed);
        assertThat(check(reversed).problems()).hasSizeLessThan(8);
    }

    private OrderCheck check(List<Change> read) {
        OrderCheck check = new OrderCheck(changes);
        read.forEach(change -> check.read(change.json()));
        return check;
    }
}
