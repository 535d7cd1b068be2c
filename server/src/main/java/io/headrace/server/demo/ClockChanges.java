/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.demo;

import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.time.zone.ZoneRulesProvider;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/**
 * The data set of the demonstration: every change of the world's civil clocks from the 19th century to 2037, out of the
 * IANA time zone database that each Java runtime carries. About forty thousand records in some six hundred zones, small,
 * real, skewed (some zones changed four times, some two hundred) and with an order that matters within each zone.
 */
final class ClockChanges {
    private static final Instant FIRST = Instant.parse("1800-01-01T00:00:00Z");
    private static final Instant END = Instant.parse("2038-01-01T00:00:00Z");

    /**
     * One change.
     *
     * @param zone such as {@code Europe/Lisbon}; the routing key
     * @param at when it happened
     * @param json the event: zone, time, offset from UTC before and after
     */
    record Change(String zone, Instant at, String json) {
        private static Change of(String zone, ZoneOffsetTransition transition) {
            String json = new JsonObject()
                    .put("zone", zone)
                    .put("at", transition.getInstant().toString())
                    .put("from", transition.getOffsetBefore().getId())
                    .put("to", transition.getOffsetAfter().getId())
                    .encode();
            return new Change(zone, transition.getInstant(), json);
        }
    }

    private ClockChanges() {}

    /** Version of the database, such as {@code 2025a}. */
    static String version() {
        return ZoneRulesProvider.getVersions("UTC").lastKey();
    }

    /** All changes in the order in which they happened. */
    static List<Change> all() {
        List<Change> changes = new ArrayList<>();
        for (String zone : new TreeSet<>(ZoneRulesProvider.getAvailableZoneIds())) {
            ZoneRules rules = ZoneId.of(zone).getRules();
            ZoneOffsetTransition next = rules.nextTransition(FIRST);
            while (next != null && next.getInstant().isBefore(END)) {
                changes.add(Change.of(zone, next));
                next = rules.nextTransition(next.getInstant());
            }
        }
        changes.sort(Comparator.comparing(Change::at)); // stable: equal times stay in the order of zones
        return changes;
    }
}
