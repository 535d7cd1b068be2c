/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.format;

import io.headrace.client.KeyRange;
import io.headrace.client.Position.Place;
import io.headrace.client.internal.group.GroupConfig;
import io.headrace.client.internal.group.GroupRecord;
import io.headrace.client.internal.group.GroupRecord.AcquireSegment;
import io.headrace.client.internal.group.GroupRecord.AddReader;
import io.headrace.client.internal.group.GroupRecord.ClearCheckpointsBefore;
import io.headrace.client.internal.group.GroupRecord.CompleteSegment;
import io.headrace.client.internal.group.GroupRecord.CreateCheckpoint;
import io.headrace.client.internal.group.GroupRecord.PassCheckpoint;
import io.headrace.client.internal.group.GroupRecord.ReleaseSegment;
import io.headrace.client.internal.group.GroupRecord.RemoveOutstandingCheckpoints;
import io.headrace.client.internal.group.GroupRecord.RemoveReader;
import io.headrace.client.internal.group.GroupRecord.Replace;
import io.headrace.client.internal.group.GroupRecord.SetPublished;
import io.headrace.client.internal.group.GroupRecord.SetUpdating;
import io.headrace.client.internal.group.GroupRecord.Start;
import io.headrace.client.internal.group.GroupRecord.Successor;
import io.headrace.client.internal.group.GroupRecord.UpdateDistance;
import io.headrace.codecs.versioned.VersionedReader;
import io.headrace.codecs.versioned.VersionedReader.Found;
import io.headrace.codecs.versioned.VersionedWriter;
import io.headrace.codecs.wire.WireFormatException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Changes to the state of a reader group: versioned objects with one byte more, which stands behind the format and says what
 * change it is. The fields are listed where they are written.
 */
public final class GroupRecordFormat {
    private static final int VERSION = 0;
    private static final int FORMAT_BYTES = 1;

    private static final int START = 0;
    private static final int REPLACE = 1;
    private static final int ADD_READER = 2;
    private static final int REMOVE_READER = 3;
    private static final int RELEASE_SEGMENT = 4;
    private static final int ACQUIRE_SEGMENT = 5;
    private static final int UPDATE_DISTANCE = 6;
    private static final int COMPLETE_SEGMENT = 7;
    private static final int PASS_CHECKPOINT = 8;
    private static final int CREATE_CHECKPOINT = 9;
    private static final int CLEAR_CHECKPOINTS = 10;
    private static final int SET_PUBLISHED = 11;
    private static final int SET_UPDATING = 12;
    private static final int REMOVE_OUTSTANDING = 13;

    private GroupRecordFormat() {}

    public static byte[] toBytes(GroupRecord change) {
        return Bytes.written(out -> {
            ByteBuf object = Unpooled.buffer();
            int type = write(object, change);
            out.writeBytes(object, FORMAT_BYTES).writeByte(type).writeBytes(object);
        });
    }

    private static int write(ByteBuf out, GroupRecord change) {
        if (change instanceof Start start) {
            write(out, start);
            return START;
        } else if (change instanceof Replace replace) {
            GroupStateFormat.write(out, replace.state());
            return REPLACE;
        } else if (change instanceof AddReader add) {
            return write(out, ADD_READER, fields -> fields.utf(add.reader()));
        } else if (change instanceof RemoveReader remove) {
            return write(out, REMOVE_READER, fields -> {
                fields.utf(remove.reader());
                GroupFields.writeOffsets(fields, remove.offsets());
            });
        } else if (change instanceof ReleaseSegment release) {
            return write(out, RELEASE_SEGMENT, fields -> fields.utf(release.reader())
                    .utf(release.segment())
                    .i64(release.offset()));
        } else if (change instanceof AcquireSegment acquire) {
            return write(
                    out, ACQUIRE_SEGMENT, fields -> fields.utf(acquire.reader()).utf(acquire.segment()));
        } else if (change instanceof UpdateDistance update) {
            VersionedWriter.write(
                    out,
                    VERSION,
                    fields -> fields.utf(update.reader()).i64(update.distance()),
                    fields -> GroupFields.writePlaces(fields, update.places()));
            return UPDATE_DISTANCE;
        } else if (change instanceof CompleteSegment complete) {
            write(out, complete);
            return COMPLETE_SEGMENT;
        }
        return writeCheckpointing(out, change);
    }

    private static int writeCheckpointing(ByteBuf out, GroupRecord change) {
        if (change instanceof PassCheckpoint pass) {
            return write(out, PASS_CHECKPOINT, fields -> {
                fields.utf(pass.checkpoint()).utf(pass.reader());
                GroupFields.writeOffsets(fields, pass.offsets());
            });
        } else if (change instanceof CreateCheckpoint create) {
            return write(out, CREATE_CHECKPOINT, fields -> fields.utf(create.checkpoint()));
        } else if (change instanceof ClearCheckpointsBefore clear) {
            return write(out, CLEAR_CHECKPOINTS, fields -> fields.utf(clear.checkpoint()));
        } else if (change instanceof SetPublished set) {
            return write(out, SET_PUBLISHED, fields -> fields.bool(set.published()));
        } else if (change instanceof SetUpdating set) {
            return write(out, SET_UPDATING, fields -> fields.bool(set.updating()));
        }
        return write(out, REMOVE_OUTSTANDING, fields -> {});
    }

    private static int write(ByteBuf out, int type, Consumer<VersionedWriter> fields) {
        VersionedWriter.write(out, VERSION, fields);
        return type;
    }

    /** Settings as bytes, offsets of starts and ends; starts with ranges; whether it is being updated, which it is not. */
    private static void write(ByteBuf out, Start start) {
        SortedMap<String, Long> offsets = new TreeMap<>();
        start.starts().forEach((segment, place) -> offsets.put(segment, place.offset()));
        VersionedWriter.write(
                out,
                VERSION,
                fields -> {
                    GroupStateFormat.writeBuffer(fields, bytes -> GroupConfigFormat.write(bytes, start.config()));
                    GroupFields.writeOffsets(fields, offsets);
                    GroupFields.writeOffsets(fields, start.ends());
                },
                fields -> GroupFields.writePlaces(fields, start.starts()),
                fields -> fields.bool(false));
    }

    /** Reader, segment, map of successor to ids of its predecessors; ranges of the segment and its successors. */
    private static void write(ByteBuf out, CompleteSegment complete) {
        SortedMap<String, Optional<KeyRange>> ranges = new TreeMap<>();
        ranges.put(complete.segment(), complete.range());
        complete.successors().forEach((segment, successor) -> ranges.put(segment, successor.range()));
        VersionedWriter.write(
                out,
                VERSION,
                fields -> {
                    fields.utf(complete.reader()).utf(complete.segment());
                    fields.map(new TreeMap<>(complete.successors()), (segment, successor) -> {
                        fields.utf(segment);
                        GroupFields.writeIds(fields, new TreeSet<>(successor.predecessors()));
                    });
                },
                fields -> GroupStateFormat.writeRanges(fields, ranges));
    }

    public static GroupRecord fromBytes(ByteBuf in) {
        if (in.readableBytes() <= FORMAT_BYTES) {
            throw new WireFormatException("no change to a reader group in " + in.readableBytes() + " bytes");
        }
        int type = in.getUnsignedByte(in.readerIndex() + FORMAT_BYTES);
        // Without the byte in between it is an object as any other.
        ByteBuf object = Unpooled.buffer(in.readableBytes());
        object.writeBytes(in, FORMAT_BYTES);
        object.writeBytes(in.skipBytes(1));
        return read(type, VersionedReader.read(object, VERSION));
    }

    private static GroupRecord read(int type, Found found) {
        VersionedReader fields = found.required(0);
        return switch (type) {
            case START -> readStart(found, fields);
            case REPLACE -> new Replace(GroupStateFormat.read(found));
            case ADD_READER -> new AddReader(fields.utf());
            case REMOVE_READER -> new RemoveReader(fields.utf(), GroupFields.readOffsets(fields));
            case RELEASE_SEGMENT -> new ReleaseSegment(fields.utf(), fields.utf(), fields.i64());
            case ACQUIRE_SEGMENT -> new AcquireSegment(fields.utf(), fields.utf());
            case UPDATE_DISTANCE ->
                new UpdateDistance(
                        fields.utf(),
                        fields.i64(),
                        found.revision(1).map(GroupFields::readPlaces).orElseGet(TreeMap::new));
            case COMPLETE_SEGMENT -> readComplete(found, fields);
            case PASS_CHECKPOINT -> new PassCheckpoint(fields.utf(), fields.utf(), GroupFields.readOffsets(fields));
            case CREATE_CHECKPOINT -> new CreateCheckpoint(fields.utf());
            case CLEAR_CHECKPOINTS -> new ClearCheckpointsBefore(fields.utf());
            case SET_PUBLISHED -> new SetPublished(fields.bool());
            case SET_UPDATING -> new SetUpdating(fields.bool());
            case REMOVE_OUTSTANDING -> new RemoveOutstandingCheckpoints();
            default -> throw new WireFormatException("a change to a reader group of the unknown kind " + type);
        };
    }

    private static Start readStart(Found found, VersionedReader fields) {
        GroupConfig config = GroupConfigFormat.read(GroupStateFormat.readBuffer(fields));
        SortedMap<String, Place> starts = new TreeMap<>();
        GroupFields.readOffsets(fields)
                .forEach((segment, offset) -> starts.put(segment, new Place(offset, Optional.empty())));
        Map<String, Long> ends = GroupFields.readOffsets(fields);
        found.revision(1).ifPresent(second -> starts.putAll(GroupFields.readPlaces(second)));
        return new Start(config, starts, ends);
    }

    private static CompleteSegment readComplete(Found found, VersionedReader fields) {
        String reader = fields.utf();
        String segment = fields.utf();
        Map<String, KeyRange> ranges =
                found.revision(1).map(GroupStateFormat::readRanges).orElseGet(TreeMap::new);
        SortedMap<String, Successor> successors = new TreeMap<>();
        for (int left = fields.count(3); left > 0; left--) {
            String name = fields.utf();
            successors.put(name, new Successor(GroupFields.readIds(fields), Optional.ofNullable(ranges.get(name))));
        }
        return new CompleteSegment(reader, segment, Optional.ofNullable(ranges.get(segment)), successors);
    }
}
