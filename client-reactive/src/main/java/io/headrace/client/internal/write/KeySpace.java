/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.write;

import io.headrace.client.ProtocolException;
import io.headrace.client.StreamSegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Who has which part of the key space. A part belongs to its upper end: a position on the border of two parts is in the
 * lower one, as all clients have it.
 */
public final class KeySpace<V> {
    private final NavigableMap<Double, V> byHigh = new TreeMap<>();

    // The same for looking up, which is done for every event.
    private double[] highs = {};
    private List<V> inOrder = List.of();

    public static <V> KeySpace<V> of(List<StreamSegment> segments, Function<StreamSegment, V> valueOf) {
        KeySpace<V> space = new KeySpace<>();
        segments.forEach(segment -> space.byHigh.put(segment.high(), valueOf.apply(segment)));
        space.index();
        return space;
    }

    public boolean isEmpty() {
        return byHigh.isEmpty();
    }

    public V at(double position) {
        int found = Arrays.binarySearch(highs, position);
        int index = found < 0 ? -found - 1 : found;
        if (index == highs.length) {
            throw new ProtocolException("no segment holds the keys at " + position);
        }
        return inOrder.get(index);
    }

    /** Everybody who has a part. */
    public Collection<V> values() {
        return new LinkedHashSet<>(byHigh.values());
    }

    /** Gives the parts of {@code old} to successors, each as much of its own part as lies within. */
    void replace(V old, List<StreamSegment> successors, Function<StreamSegment, V> valueOf) {
        List<Double> ends = new ArrayList<>();
        byHigh.forEach((high, value) -> {
            if (value.equals(old)) {
                ends.add(high);
            }
        });
        for (double high : ends) {
            Double before = byHigh.lowerKey(high);
            double low = before == null ? 0 : before;
            byHigh.remove(high);
            for (StreamSegment successor : successors) {
                if (successor.low() < high && successor.high() > low) {
                    byHigh.put(Math.min(high, successor.high()), valueOf.apply(successor));
                }
            }
            if (!byHigh.containsKey(high)) {
                throw new ProtocolException("no successor holds the keys up to " + high + ": " + successors);
            }
        }
        index();
    }

    private void index() {
        highs = byHigh.keySet().stream().mapToDouble(Double::doubleValue).toArray();
        inOrder = List.copyOf(byHigh.values());
    }
}
