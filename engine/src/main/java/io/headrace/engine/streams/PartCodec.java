/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import io.headrace.engine.streams.Row.Emitted;
import io.headrace.engine.streams.Work.Subject;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The durable form of what rows are made of. */
final class PartCodec {

    private PartCodec() {}

    @SuppressWarnings("EnumOrdinal") // the durable form is the place in the declaration, as RowCodec documents
    static int code(Enum<?> constant) {
        return constant.ordinal();
    }

    /** Scaling policy, retention (a type byte, 255 for none, then both limits), time-out, roll-over, tags. */
    static void write(Out out, StreamConfiguration c) {
        ScalingPolicy scaling = c.scaling();
        out.byteValue(code(scaling.type())).int32(scaling.targetRate());
        out.int32(scaling.scaleFactor()).int32(scaling.minSegments());
        RetentionPolicy retention = c.retention();
        out.bool(retention != null);
        if (retention != null) {
            out.byteValue(code(retention.type())).int64(retention.min()).int64(retention.max());
        }
        out.int64(c.timestampAggregationTimeoutMillis()).int64(c.rolloverBytes());
        out.list(c.tags(), Out::string);
    }

    static StreamConfiguration readStreamConfiguration(In in) {
        ScalingPolicy scaling =
                new ScalingPolicy(in.constant(ScalingPolicy.Type.values()), in.int32(), in.int32(), in.int32());
        RetentionPolicy retention = in.bool()
                ? new RetentionPolicy(in.constant(RetentionPolicy.Type.values()), in.int64(), in.int64())
                : null;
        long timeout = in.int64();
        long rollover = in.int64();
        return new StreamConfiguration(scaling, retention, timeout, new TreeSet<>(in.list(In::string)), rollover);
    }

    static void write(Out out, Epoch epoch) {
        out.int32(epoch.number()).int32(epoch.reference()).int64(epoch.createdMillis());
        out.segments(epoch.segments());
    }

    static Epoch readEpoch(In in) {
        return new Epoch(in.int32(), in.int32(), in.int64(), in.segments());
    }

    static void write(Out out, Transition transition) {
        out.int32(transition.epoch()).list(transition.sealed(), Out::int64).segments(transition.created());
    }

    static Transition readTransition(In in) {
        return new Transition(in.int32(), List.copyOf(in.list(In::int64)), in.segments());
    }

    static void write(Out out, ReaderGroupConfiguration c) {
        out.int64(c.groupRefreshMillis()).int64(c.automaticCheckpointMillis());
        out.int32(c.maxOutstandingCheckpoints()).int32(c.retentionType());
        out.int64(c.generation()).uuid(c.id());
        writeCuts(out, c.startCuts());
        writeCuts(out, c.endCuts());
        out.int64(c.rolloverBytes());
    }

    static ReaderGroupConfiguration readGroupConfiguration(In in) {
        return new ReaderGroupConfiguration(
                in.int64(),
                in.int64(),
                in.int32(),
                in.int32(),
                in.int64(),
                in.uuid(),
                readCuts(in),
                readCuts(in),
                in.int64());
    }

    private static void writeCuts(Out out, SortedMap<StreamName, StreamCut> cuts) {
        out.list(cuts.entrySet(), (o, e) -> o.stream(e.getKey()).cut(e.getValue()));
    }

    private static SortedMap<StreamName, StreamCut> readCuts(In in) {
        SortedMap<StreamName, StreamCut> cuts = new TreeMap<>();
        in.list(i -> cuts.put(i.stream(), i.cut()));
        return cuts;
    }

    /** Whether there is one, then bounds, position and offset. */
    static void write(Out out, @Nullable Emitted emitted) {
        out.bool(emitted != null);
        if (emitted != null) {
            Watermark watermark = emitted.watermark();
            out.int64(watermark.lower()).int64(watermark.upper()).cut(watermark.position());
            out.int64(emitted.offset());
        }
    }

    static @Nullable Emitted readEmitted(In in) {
        return in.bool() ? new Emitted(new Watermark(in.int64(), in.int64(), in.cut()), in.int64()) : null;
    }

    static void write(Out out, TableConfiguration c) {
        out.int32(c.partitions()).int32(c.primaryKeyLength()).int32(c.secondaryKeyLength());
        out.int64(c.rolloverBytes());
    }

    static TableConfiguration readTableConfiguration(In in) {
        return new TableConfiguration(in.int32(), in.int32(), in.int32(), in.int64());
    }

    /** A byte for the kind, then the names. Only subjects whose work is remembered have a durable form. */
    static void write(Out out, Subject subject) {
        if (subject instanceof Subject.OfStream s) {
            out.byteValue(1).stream(s.stream());
        } else if (subject instanceof Subject.OfGroup s) {
            out.byteValue(2).string(s.scope()).string(s.group());
        } else if (subject instanceof Subject.OfTable s) {
            out.byteValue(3).string(s.scope()).string(s.table());
        } else if (subject instanceof Subject.OfScope s) {
            out.byteValue(4).string(s.scope());
        } else {
            throw new IllegalStateException("work on this is not remembered: " + subject);
        }
    }

    static Subject readSubject(In in) {
        int kind = in.byteValue();
        return switch (kind) {
            case 1 -> new Subject.OfStream(in.stream());
            case 2 -> new Subject.OfGroup(in.string(), in.string());
            case 3 -> new Subject.OfTable(in.string(), in.string());
            case 4 -> new Subject.OfScope(in.string());
            default -> throw new IllegalStateException("work has the unknown subject " + kind);
        };
    }
}
