/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import io.headrace.engine.calls.CallStamp.Progress;
import io.headrace.engine.partition.LogRecord;
import io.headrace.engine.streams.Row.CallerRow;
import io.headrace.engine.streams.Row.ColdRow;
import io.headrace.engine.streams.Row.CompletedRow;
import io.headrace.engine.streams.Row.ConfigurationRow;
import io.headrace.engine.streams.Row.CounterRow;
import io.headrace.engine.streams.Row.EpochRow;
import io.headrace.engine.streams.Row.GroupRow;
import io.headrace.engine.streams.Row.GroupState;
import io.headrace.engine.streams.Row.MarkRow;
import io.headrace.engine.streams.Row.OwnerRow;
import io.headrace.engine.streams.Row.RetiredRow;
import io.headrace.engine.streams.Row.RetiredTableRow;
import io.headrace.engine.streams.Row.SampleRow;
import io.headrace.engine.streams.Row.ScopeRow;
import io.headrace.engine.streams.Row.SealedSizesRow;
import io.headrace.engine.streams.Row.StreamRow;
import io.headrace.engine.streams.Row.StreamState;
import io.headrace.engine.streams.Row.SubscriberRow;
import io.headrace.engine.streams.Row.TableRow;
import io.headrace.engine.streams.Row.TableState;
import io.headrace.engine.streams.Row.TransactionRow;
import io.headrace.engine.streams.Row.TruncationRow;
import io.headrace.engine.streams.Row.VerdictRow;
import io.headrace.engine.streams.Row.WorkRow;
import io.headrace.engine.streams.Row.WriterRow;
import io.headrace.engine.streams.StreamReply.TransactionState;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * The durable form of rows, in the log and in snapshots:
 *
 * <pre>
 * record   type = 1: the row has a new value; 2: the row is removed (the fields beside its key are of no meaning)
 * body     u8 kind of row | u8 version of that kind (1) | the fields in the order of the record in {@link Row}
 * </pre>
 *
 * Fields are written as {@link Out} says, constants of enumerations as one byte (their place in the declaration), work
 * and configurations as {@link PartCodec} says. Kinds and constants are never used again for another meaning; new
 * fields come with a new version.
 */
final class RowCodec {
    static final int PUT = 1;
    static final int REMOVE = 2;

    private static final int VERSION = 1;

    private RowCodec() {}

    /** A row on its way into the log. */
    record RowRecord(int type, ByteBuf bytes) implements LogRecord {
        @Override
        public int size() {
            return bytes.readableBytes();
        }

        @Override
        public void write(ByteBuf out) {
            out.writeBytes(bytes, bytes.readerIndex(), bytes.readableBytes());
        }
    }

    static RowRecord record(int type, Row row) {
        ByteBuf bytes = Unpooled.buffer();
        write(new Out(bytes), row);
        return new RowRecord(type, bytes);
    }

    static void write(Out out, Row row) {
        out.byteValue(kind(row)).byteValue(VERSION);
        if (row instanceof ScopeRow r) {
            out.string(r.scope()).uuid(r.id()).int64(r.createdMillis()).bool(r.removing());
        } else if (row instanceof StreamRow r) {
            out.stream(r.name()).byteValue(PartCodec.code(r.state())).int64(r.createdMillis());
            out.int32(r.currentEpoch()).int64(r.nextOrder());
        } else if (row instanceof ConfigurationRow r) {
            PartCodec.write(out.stream(r.name()), r.configuration());
        } else if (row instanceof EpochRow r) {
            PartCodec.write(out.stream(r.name()), r.epoch());
        } else if (row instanceof SealedSizesRow r) {
            out.stream(r.name()).int32(r.epoch()).longs(r.sizes());
        } else if (row instanceof TruncationRow r) {
            out.stream(r.name()).cut(r.cut()).int64(r.sizeBefore());
        } else if (row instanceof RetiredRow r) {
            out.stream(r.name()).int32(r.nextNumber());
        } else if (row instanceof WorkRow r) {
            PartCodec.write(out, r.subject());
            WorkCodec.write(out, r.work());
        } else if (row instanceof TransactionRow r) {
            out.stream(r.name()).uuid(r.id()).byteValue(PartCodec.code(r.state()));
            out.int32(r.epoch()).int64(r.createdMillis()).int64(r.lastMillis());
            out.int64(r.order()).string(r.writer()).int64(r.timestamp());
        } else if (row instanceof CompletedRow r) {
            out.stream(r.name()).uuid(r.id()).bool(r.committed()).int64(r.atMillis());
        } else if (row instanceof CounterRow r) {
            out.int64(r.next());
        } else {
            writeLesser(out, row);
        }
    }

    private static void writeLesser(Out out, Row row) {
        if (row instanceof GroupRow r) {
            out.string(r.scope()).string(r.group()).byteValue(PartCodec.code(r.state()));
            PartCodec.write(out, r.configuration());
        } else if (row instanceof SubscriberRow r) {
            out.stream(r.name()).string(r.subscriber()).uuid(r.groupId()).int64(r.generation());
            out.cut(r.cut());
        } else if (row instanceof SampleRow r) {
            out.stream(r.name()).int64(r.atMillis()).cut(r.cut()).int64(r.size());
        } else if (row instanceof ColdRow r) {
            out.stream(r.name()).int64(r.segmentId()).int64(r.untilMillis());
        } else if (row instanceof WriterRow r) {
            out.stream(r.name()).string(r.writer()).int64(r.timestamp()).cut(r.position());
            out.bool(r.alive());
        } else if (row instanceof TableRow r) {
            out.string(r.scope()).string(r.table()).byteValue(PartCodec.code(r.state()));
            PartCodec.write(out.int32(r.firstNumber()), r.configuration());
        } else if (row instanceof RetiredTableRow r) {
            out.string(r.scope()).string(r.table()).int32(r.nextNumber());
        } else if (row instanceof MarkRow r) {
            out.stream(r.name()).int64(r.segmentId());
            PartCodec.write(out, r.last());
            PartCodec.write(out, r.next());
            out.bool(r.written()).int64(r.attribute()).int64(r.startOffset()).longs(r.milestones());
        } else if (row instanceof VerdictRow r) {
            VerdictCodec.write(out.stream(r.name()).int64(r.number()), r.verdict());
        } else if (row instanceof OwnerRow r) {
            out.int64(r.number());
        } else if (row instanceof CallerRow r) {
            out.int32(r.slot()).int32(r.caller()).int64(r.owner());
            out.int64(r.progress().issued()).list(r.progress().open(), Out::int64);
        } else {
            throw new IllegalStateException("no way to write a " + row.getClass());
        }
    }

    private static int kind(Row row) {
        if (row instanceof ScopeRow) {
            return 1;
        } else if (row instanceof StreamRow) {
            return 2;
        } else if (row instanceof ConfigurationRow) {
            return 3;
        } else if (row instanceof EpochRow) {
            return 4;
        } else if (row instanceof SealedSizesRow) {
            return 5;
        } else if (row instanceof TruncationRow) {
            return 6;
        } else if (row instanceof RetiredRow) {
            return 7;
        } else if (row instanceof WorkRow) {
            return 8;
        } else if (row instanceof TransactionRow) {
            return 9;
        } else if (row instanceof CompletedRow) {
            return 10;
        } else if (row instanceof CounterRow) {
            return 11;
        } else if (row instanceof GroupRow) {
            return 12;
        } else if (row instanceof SubscriberRow) {
            return 13;
        } else if (row instanceof SampleRow) {
            return 14;
        } else if (row instanceof ColdRow) {
            return 15;
        } else if (row instanceof WriterRow) {
            return 16;
        } else if (row instanceof TableRow) {
            return 17;
        } else if (row instanceof RetiredTableRow) {
            return 18;
        } else if (row instanceof MarkRow) {
            return 19;
        } else if (row instanceof VerdictRow) {
            return 20;
        } else if (row instanceof OwnerRow) {
            return 21;
        } else {
            return 22;
        }
    }

    static Row read(In in) {
        int kind = in.byteValue();
        int version = in.byteValue();
        if (version != VERSION) {
            throw new IllegalStateException(
                    "a row of kind " + kind + " has version " + version + ", this program knows " + VERSION);
        }
        return switch (kind) {
            case 1 -> new ScopeRow(in.string(), in.uuid(), in.int64(), in.bool());
            case 2 -> new StreamRow(in.stream(), in.constant(StreamState.values()), in.int64(), in.int32(), in.int64());
            case 3 -> new ConfigurationRow(in.stream(), PartCodec.readStreamConfiguration(in));
            case 4 -> new EpochRow(in.stream(), PartCodec.readEpoch(in));
            case 5 -> new SealedSizesRow(in.stream(), in.int32(), in.longs());
            case 6 -> new TruncationRow(in.stream(), in.cut(), in.int64());
            case 7 -> new RetiredRow(in.stream(), in.int32());
            case 8 -> new WorkRow(PartCodec.readSubject(in), WorkCodec.read(in));
            case 9 ->
                new TransactionRow(
                        in.stream(),
                        in.uuid(),
                        in.constant(TransactionState.values()),
                        in.int32(),
                        in.int64(),
                        in.int64(),
                        in.int64(),
                        in.string(),
                        in.int64());
            case 10 -> new CompletedRow(in.stream(), in.uuid(), in.bool(), in.int64());
            case 11 -> new CounterRow(in.int64());
            case 12 ->
                new GroupRow(
                        in.string(),
                        in.string(),
                        in.constant(GroupState.values()),
                        PartCodec.readGroupConfiguration(in));
            case 13 -> new SubscriberRow(in.stream(), in.string(), in.uuid(), in.int64(), in.cut());
            case 14 -> new SampleRow(in.stream(), in.int64(), in.cut(), in.int64());
            case 15 -> new ColdRow(in.stream(), in.int64(), in.int64());
            case 16 -> new WriterRow(in.stream(), in.string(), in.int64(), in.cut(), in.bool());
            case 17 ->
                new TableRow(
                        in.string(),
                        in.string(),
                        in.constant(TableState.values()),
                        in.int32(),
                        PartCodec.readTableConfiguration(in));
            case 18 -> new RetiredTableRow(in.string(), in.string(), in.int32());
            case 19 ->
                new MarkRow(
                        in.stream(),
                        in.int64(),
                        PartCodec.readEmitted(in),
                        PartCodec.readEmitted(in),
                        in.bool(),
                        in.int64(),
                        in.int64(),
                        in.longs());
            case 20 -> new VerdictRow(in.stream(), in.int64(), VerdictCodec.read(in));
            case 21 -> new OwnerRow(in.int64());
            case 22 -> new CallerRow(in.int32(), in.int32(), in.int64(), new Progress(in.int64(), in.list(In::int64)));
            default -> throw new IllegalStateException("a row has the unknown kind " + kind);
        };
    }
}
