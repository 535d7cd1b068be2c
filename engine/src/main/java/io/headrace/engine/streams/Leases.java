/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.UUID;

/**
 * Until when open transactions may go without a ping. Volatile: a new owner of the partition gives all open transactions
 * a fresh lease, for it cannot know which pings the former one has answered.
 */
final class Leases {
    private record Key(StreamName stream, UUID transaction) {}

    private record Alarm(Key key, long atMillis) implements Comparable<Alarm> {
        @Override
        public int compareTo(Alarm other) {
            return Long.compare(atMillis, other.atMillis);
        }
    }

    /** A transaction whose lease is over. */
    record Expired(StreamName stream, UUID transaction) {}

    private final Map<Key, Long> expiry = new HashMap<>();
    private final PriorityQueue<Alarm> alarms = new PriorityQueue<>();

    /** Sets or renews a lease. An alarm that comes too early is set again, so that a renewal costs nothing. */
    void set(StreamName stream, UUID transaction, long untilMillis) {
        Key key = new Key(stream, transaction);
        Long former = expiry.put(key, untilMillis);
        if (former == null || untilMillis < former) {
            alarms.add(new Alarm(key, untilMillis));
        }
    }

    void end(StreamName stream, UUID transaction) {
        expiry.remove(new Key(stream, transaction));
    }

    /** Takes up to {@code limit} leases that are over. */
    List<Expired> takeExpired(long nowMillis, int limit) {
        List<Expired> expired = new ArrayList<>();
        while (expired.size() < limit) {
            Alarm alarm = alarms.peek();
            if (alarm == null || alarm.atMillis() > nowMillis) {
                break;
            }
            alarms.remove();
            Long until = expiry.get(alarm.key());
            if (until == null) {
                continue;
            }
            if (until > nowMillis) {
                alarms.add(new Alarm(alarm.key(), until));
            } else {
                expiry.remove(alarm.key());
                expired.add(new Expired(alarm.key().stream(), alarm.key().transaction()));
            }
        }
        return expired;
    }
}
