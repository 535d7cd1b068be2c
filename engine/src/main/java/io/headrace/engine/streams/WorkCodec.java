/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import java.util.List;

/** The durable form of {@link Work}: a byte for its kind, then its fields in order. */
final class WorkCodec {

    private WorkCodec() {}

    static void write(Out out, Work work) {
        if (work instanceof Work.CreateStream) {
            out.byteValue(1);
        } else if (work instanceof Work.UpdateStream w) {
            PartCodec.write(out.byteValue(2), w.configuration());
        } else if (work instanceof Work.ResplitStream w) {
            out.byteValue(3).byteValue(PartCodec.code(w.step()));
            PartCodec.write(out, w.configuration());
            PartCodec.write(out, w.transition());
        } else if (work instanceof Work.VerifyCut w) {
            out.byteValue(4).cut(w.cut());
        } else if (work instanceof Work.TruncateStream w) {
            out.byteValue(5).cut(w.former()).cut(w.cut());
        } else if (work instanceof Work.SealStream) {
            out.byteValue(6);
        } else if (work instanceof Work.DeleteStream w) {
            out.byteValue(7).bool(w.markSealed());
        } else if (work instanceof Work.ScaleStream w) {
            out.byteValue(8).byteValue(PartCodec.code(w.step()));
            PartCodec.write(out, w.transition());
        } else if (work instanceof Work.Commit w) {
            out.byteValue(9).byteValue(PartCodec.code(w.step())).int32(w.epoch());
            out.list(w.transactions(), Out::uuid).int32(w.active());
        } else if (work instanceof Work.CreateGroup) {
            out.byteValue(10);
        } else if (work instanceof Work.UpdateGroup w) {
            PartCodec.write(out.byteValue(11), w.configuration());
        } else if (work instanceof Work.DeleteGroup w) {
            out.byteValue(12).bool(w.sealed());
        } else if (work instanceof Work.DeleteScope) {
            out.byteValue(13);
        } else if (work instanceof Work.CreateTable) {
            out.byteValue(14);
        } else if (work instanceof Work.DeleteTable) {
            out.byteValue(15);
        } else {
            throw new IllegalStateException("no way to write " + work.getClass());
        }
    }

    static Work read(In in) {
        int kind = in.byteValue();
        return switch (kind) {
            case 1 -> new Work.CreateStream();
            case 2 -> new Work.UpdateStream(PartCodec.readStreamConfiguration(in));
            case 3 ->
                new Work.ResplitStream(
                        in.constant(Scale.Step.values()),
                        PartCodec.readStreamConfiguration(in),
                        PartCodec.readTransition(in));
            case 4 -> new Work.VerifyCut(in.cut());
            case 5 -> new Work.TruncateStream(in.cut(), in.cut());
            case 6 -> new Work.SealStream();
            case 7 -> new Work.DeleteStream(in.bool());
            case 8 -> new Work.ScaleStream(in.constant(Scale.Step.values()), PartCodec.readTransition(in));
            case 9 ->
                new Work.Commit(
                        in.constant(TransactionCommit.Step.values()),
                        in.int32(),
                        List.copyOf(in.list(In::uuid)),
                        in.int32());
            case 10 -> new Work.CreateGroup();
            case 11 -> new Work.UpdateGroup(PartCodec.readGroupConfiguration(in));
            case 12 -> new Work.DeleteGroup(in.bool());
            case 13 -> new Work.DeleteScope();
            case 14 -> new Work.CreateTable();
            case 15 -> new Work.DeleteTable();
            default -> throw new IllegalStateException("work has the unknown kind " + kind);
        };
    }
}
