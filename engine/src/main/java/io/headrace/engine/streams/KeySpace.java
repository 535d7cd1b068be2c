/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiFunction;

/**
 * A value for each point of the key space [0, 1): the last that was painted there.
 *
 * @param <V> compared by {@code equals}
 */
final class KeySpace<V> {
    /** Each value from its start to the next start, or to 1. */
    private final NavigableMap<Double, V> starts = new TreeMap<>();

    private final V ground;

    /** @param ground what is everywhere at first */
    KeySpace(V ground) {
        this.ground = ground;
    }

    /** @param high above {@code low} */
    void paint(double low, double high, V value) {
        V behind = at(high);
        starts.subMap(low, true, high, false).clear();
        starts.put(low, value);
        if (high < 1) {
            starts.putIfAbsent(high, behind);
        }
    }

    private V at(double point) {
        Map.Entry<Double, V> entry = starts.floorEntry(point);
        return entry == null ? ground : entry.getValue();
    }

    /** The values from one point to another, in order; a value may come more than once. */
    List<V> values(double low, double high) {
        List<V> values = new ArrayList<>();
        values.add(at(low));
        Collection<V> further = starts.subMap(low, false, high, false).values();
        values.addAll(further);
        return values;
    }

    /** Another space, whose value at each point is that of a function of these two. */
    <W, R> KeySpace<R> with(KeySpace<W> other, BiFunction<V, W, R> function) {
        KeySpace<R> result = new KeySpace<>(function.apply(ground, other.ground));
        NavigableSet<Double> all = new TreeSet<>(starts.keySet());
        all.addAll(other.starts.keySet());
        R last = result.ground;
        for (double start : all) {
            R value = function.apply(at(start), other.at(start));
            if (!value.equals(last)) {
                result.starts.put(start, value);
                last = value;
            }
        }
        return result;
    }
}
