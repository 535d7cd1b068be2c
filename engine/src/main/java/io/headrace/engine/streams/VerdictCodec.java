/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import io.headrace.engine.segments.Load;
import io.headrace.engine.streams.Decision.Cold;
import io.headrace.engine.streams.Decision.Merge;
import io.headrace.engine.streams.Decision.None;
import io.headrace.engine.streams.Decision.Reason;
import io.headrace.engine.streams.Decision.Split;
import io.headrace.engine.streams.Decision.Warm;

/**
 * The durable form of {@link Verdict}: its fields in order; the load as unit, four rates, age, time, silence; the
 * decision as a byte for its kind, its fields, and a byte for the reason.
 */
final class VerdictCodec {

    private VerdictCodec() {}

    static void write(Out out, Verdict verdict) {
        out.int64(verdict.atMillis()).int32(verdict.epoch());
        out.int64(verdict.segmentId()).int32(verdict.targetRate());
        Load load = verdict.load();
        out.byteValue(load.scaleType());
        out.float64(load.shortRate()).float64(load.mediumRate());
        out.float64(load.longRate()).float64(load.longestRate());
        out.int64(load.ageMillis()).int64(load.atMillis()).bool(load.silent());
        write(out, verdict.decision());
        out.byteValue(PartCodec.code(verdict.decision().reason()));
    }

    private static void write(Out out, Decision decision) {
        if (decision instanceof Split d) {
            out.byteValue(1).int64(d.segmentId()).int32(d.parts());
        } else if (decision instanceof Merge d) {
            out.byteValue(2).list(d.segmentIds(), Out::int64);
        } else if (decision instanceof Cold d) {
            out.byteValue(3).int64(d.segmentId()).int64(d.untilMillis());
        } else if (decision instanceof Warm d) {
            out.byteValue(4).int64(d.segmentId());
        } else {
            out.byteValue(5);
        }
    }

    static Verdict read(In in) {
        return new Verdict(in.int64(), in.int32(), in.int64(), in.int32(), readLoad(in), readDecision(in));
    }

    private static Load readLoad(In in) {
        return new Load(
                in.byteValue(),
                in.float64(),
                in.float64(),
                in.float64(),
                in.float64(),
                in.int64(),
                in.int64(),
                in.bool());
    }

    private static Decision readDecision(In in) {
        int kind = in.byteValue();
        return switch (kind) {
            case 1 -> new Split(in.int64(), in.int32(), readReason(in));
            case 2 -> new Merge(in.list(In::int64), readReason(in));
            case 3 -> new Cold(in.int64(), in.int64(), readReason(in));
            case 4 -> new Warm(in.int64(), readReason(in));
            case 5 -> new None(readReason(in));
            default -> throw new IllegalStateException("a decision has the unknown kind " + kind);
        };
    }

    private static Reason readReason(In in) {
        return in.constant(Reason.values());
    }
}
