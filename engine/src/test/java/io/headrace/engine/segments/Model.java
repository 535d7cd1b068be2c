/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What a segments partition should do, in the plainest way: whole arrays, maps and copies. */
final class Model {
    static final class Plain {
        /** Tells segments of one name apart. */
        long serial;

        byte[] bytes = new byte[0];
        int start;
        boolean sealed;
        long modified;
        long created;
        long events;
        int scaleType;
        int rate;
        long rollover;

        @Nullable
        Long owner;

        final Map<UUID, Long> attributes = new TreeMap<>();
        final Map<UUID, Long> bindings = new HashMap<>();

        Plain copy() {
            Plain copy = new Plain();
            copy.serial = serial;
            copy.bytes = bytes;
            copy.start = start;
            copy.sealed = sealed;
            copy.modified = modified;
            copy.created = created;
            copy.events = events;
            copy.scaleType = scaleType;
            copy.rate = rate;
            copy.rollover = rollover;
            copy.owner = owner;
            copy.attributes.putAll(attributes);
            copy.bindings.putAll(bindings);
            return copy;
        }

        void append(byte[] more) {
            byte[] longer = java.util.Arrays.copyOf(bytes, bytes.length + more.length);
            System.arraycopy(more, 0, longer, bytes.length, more.length);
            bytes = longer;
        }
    }

    final Map<String, Plain> segments = new TreeMap<>();
    private long nextSerial;

    Model copy() {
        Model copy = new Model();
        copy.nextSerial = nextSerial;
        segments.forEach((name, plain) -> copy.segments.put(name, plain.copy()));
        return copy;
    }

    /** What is left when the owner has changed. */
    Model recovered() {
        Model copy = copy();
        copy.segments.values().removeIf(plain -> plain.owner != null);
        copy.segments.values().forEach(plain -> plain.bindings.clear());
        return copy;
    }

    /** The reply to any command but a read. */
    @Nullable
    SegmentReply execute(SegmentCommand command, long now) {
        if (command instanceof SegmentCommand.Disconnected gone) {
            segments.values().removeIf(plain -> plain.owner != null && plain.owner == gone.connection());
            segments.values().forEach(plain -> plain.bindings.values().removeIf(c -> c == gone.connection()));
            return null;
        }
        Plain plain = segments.get(command.segment());
        if (command instanceof SegmentCommand.Create || command instanceof SegmentCommand.CreateTransient) {
            return create(command, plain, now);
        }
        if (plain == null) {
            return new SegmentReply.NoSuchSegment(command.segment());
        }
        if (command instanceof SegmentCommand.GetInfo) {
            return new SegmentReply.Info(plain.sealed, plain.modified, plain.bytes.length, plain.start);
        }
        if (command instanceof SegmentCommand.SetupAppend setUp) {
            plain.bindings.put(setUp.writer(), setUp.connection());
            return new SegmentReply.AppendReady(value(plain, setUp.writer()));
        }
        if (command instanceof SegmentCommand.GetAttribute get) {
            return new SegmentReply.Attribute(value(plain, get.attribute()));
        }
        if (command instanceof SegmentCommand.Truncate truncate) {
            if (truncate.offset() < plain.start || truncate.offset() > plain.bytes.length) {
                return new SegmentReply.Truncated(plain.start);
            }
            if (truncate.offset() > plain.start) {
                plain.start = (int) truncate.offset();
                plain.modified = now;
            }
            return SegmentReply.Ok.INSTANCE;
        }
        if (command instanceof SegmentCommand.Delete) {
            segments.remove(command.segment());
            return SegmentReply.Ok.INSTANCE;
        }
        if (command instanceof SegmentCommand.Merge merge) {
            return merge(merge, plain, now);
        }
        if (command instanceof SegmentCommand.AppendAt append && value(plain, append.writer()) >= append.offset()) {
            return SegmentReply.Ok.INSTANCE;
        }
        if (plain.sealed) {
            return new SegmentReply.Sealed(command.segment());
        }
        return change(command, plain, now);
    }

    private SegmentReply create(SegmentCommand command, @Nullable Plain existing, long now) {
        if (existing != null) {
            return new SegmentReply.AlreadyExists();
        }
        Plain plain = new Plain();
        plain.serial = nextSerial++;
        plain.created = now;
        plain.modified = now;
        if (command instanceof SegmentCommand.Create create) {
            plain.scaleType = create.scaleType();
            plain.rate = create.targetRate();
            plain.rollover = create.rolloverBytes();
        } else if (command instanceof SegmentCommand.CreateTransient create) {
            plain.owner = create.connection();
        }
        segments.put(command.segment(), plain);
        return SegmentReply.Ok.INSTANCE;
    }

    private SegmentReply change(SegmentCommand command, Plain plain, long now) {
        if (command instanceof SegmentCommand.Append append) {
            long previous = value(plain, append.writer());
            Long bound = plain.bindings.get(append.writer());
            if (bound == null || bound != append.connection() || append.eventNumber() <= previous) {
                return new SegmentReply.InvalidEventNumber(append.writer(), append.eventNumber());
            }
            if (append.expectedLength() != SegmentCommand.UNCONDITIONAL
                    && append.expectedLength() != plain.bytes.length) {
                return new SegmentReply.ConditionFailed(append.writer(), append.eventNumber());
            }
            plain.append(io.netty.buffer.ByteBufUtil.getBytes(append.data()));
            plain.attributes.put(append.writer(), append.eventNumber());
            plain.events += append.eventCount();
            plain.modified = now;
            return new SegmentReply.Appended(append.writer(), append.eventNumber(), previous, plain.bytes.length);
        }
        if (command instanceof SegmentCommand.AppendAt append) {
            if (append.offset() != plain.bytes.length) {
                return new SegmentReply.ConditionFailed(append.writer(), append.offset());
            }
            plain.append(io.netty.buffer.ByteBufUtil.getBytes(append.data()));
            plain.attributes.put(append.writer(), append.offset());
            plain.events++;
            plain.modified = now;
            return SegmentReply.Ok.INSTANCE;
        }
        if (command instanceof SegmentCommand.UpdateAttribute update) {
            boolean equal = value(plain, update.attribute()) == update.expected();
            if (equal && update.value() == SegmentCommand.NO_VALUE) {
                plain.attributes.remove(update.attribute());
            } else if (equal) {
                plain.attributes.put(update.attribute(), update.value());
            }
            return new SegmentReply.AttributeUpdated(equal);
        }
        if (command instanceof SegmentCommand.UpdatePolicy update) {
            plain.scaleType = update.scaleType();
            plain.rate = update.targetRate();
            return SegmentReply.Ok.INSTANCE;
        }
        if (command instanceof SegmentCommand.Seal) {
            plain.sealed = true;
            plain.modified = now;
            return SegmentReply.Ok.INSTANCE;
        }
        if (command instanceof SegmentCommand.MergeBatch batch) {
            return mergeBatch(batch, plain, now);
        }
        throw new AssertionError("the model does not know " + command);
    }

    private SegmentReply merge(SegmentCommand.Merge merge, Plain target, long now) {
        Plain source = segments.get(merge.source());
        if (source == null) {
            return new SegmentReply.NoSuchSegment(merge.source());
        }
        if (source == target) {
            return new SegmentReply.BadArgument("");
        }
        if (target.sealed) {
            return new SegmentReply.Sealed(merge.segment());
        }
        if (source.start > 0) {
            return new SegmentReply.BadArgument("");
        }
        for (SegmentCommand.AttributeCondition condition : merge.conditions()) {
            if (value(target, condition.attribute()) != condition.expected()) {
                if (!source.sealed) {
                    source.sealed = true;
                    source.modified = now;
                }
                return new SegmentReply.AttributeUpdated(false);
            }
        }
        merge.conditions().forEach(condition -> target.attributes.put(condition.attribute(), condition.value()));
        move(merge.source(), source, target, now);
        return new SegmentReply.Merged(List.of((long) target.bytes.length));
    }

    private SegmentReply mergeBatch(SegmentCommand.MergeBatch batch, Plain target, long now) {
        for (String name : batch.sources()) {
            Plain source = segments.get(name);
            if (source == target || (source != null && source.start > 0)) {
                return new SegmentReply.BadArgument("");
            }
        }
        List<Long> lengths = new ArrayList<>();
        for (String name : batch.sources()) {
            Plain source = segments.get(name);
            if (source != null) {
                move(name, source, target, now);
            }
            lengths.add((long) target.bytes.length);
        }
        return new SegmentReply.Merged(lengths);
    }

    private void move(String name, Plain source, Plain target, long now) {
        if (source.bytes.length > 0) {
            target.append(source.bytes);
            target.modified = now;
        }
        segments.remove(name);
    }

    static long value(Plain plain, UUID id) {
        if (id.getMostSignificantBits() == Long.MIN_VALUE) {
            return switch ((int) id.getLeastSignificantBits()) {
                case 0 -> plain.created;
                case 1 -> plain.events;
                case 2 -> plain.scaleType;
                case 3 -> plain.rate;
                case 4 -> plain.rollover;
                default -> plain.owner == null ? 0 : 0x80;
            };
        }
        return plain.attributes.getOrDefault(id, SegmentCommand.NO_VALUE);
    }
}
