/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

import io.headrace.engine.partition.ReplyTo;
import io.headrace.engine.partition.Turn;
import io.headrace.engine.segments.SegmentCommand.AttributeCondition;
import io.headrace.engine.segments.SegmentCommand.Merge;
import io.headrace.engine.segments.SegmentCommand.MergeBatch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Moves whole segments to the end of others: their extents change hands, no byte is copied. */
final class Merges {
    private final SegmentsState state;
    private final Connections connections;
    private final Reads reads;
    private final LoadMeters loads;
    private final @Nullable Tiering tiering;

    Merges(SegmentsState state, Connections connections, Reads reads, LoadMeters loads, @Nullable Tiering tiering) {
        this.state = state;
        this.connections = connections;
        this.reads = reads;
        this.loads = loads;
        this.tiering = tiering;
    }

    /** Makes sure that a command can be executed without waiting: for a caller who logs something first. */
    void need(SegmentCommand command) {
        List<String> names = new ArrayList<>();
        names.add(command.segment());
        if (command instanceof Merge merge) {
            names.add(merge.source());
        } else if (command instanceof MergeBatch merge) {
            names.addAll(merge.sources());
        }
        state.need(names);
        Segment target = state.find(command.segment());
        if (target != null && command instanceof Merge merge) {
            merge.conditions().forEach(condition -> current(target, condition));
        }
    }

    private static long current(Segment target, AttributeCondition condition) {
        UUID id = condition.attribute();
        return target.attribute(id.getMostSignificantBits(), id.getLeastSignificantBits());
    }

    void merge(Merge command, ReplyTo<? super SegmentReply> replyTo, Turn<SegmentCommand, SegmentReply> turn) {
        need(command);
        Segment target = state.find(command.segment());
        Segment source = state.find(command.source());
        if (target == null || source == null) {
            turn.replyConfirmed(
                    replyTo, new SegmentReply.NoSuchSegment(target == null ? command.segment() : command.source()));
            return;
        }
        SegmentReply refusal = refusal(target, source);
        if (refusal == null) {
            refusal = refusal(command.conditions());
        }
        if (refusal != null) {
            turn.reply(replyTo, refusal);
            return;
        }
        Map<UUID, Long> updates = evaluate(target, command.conditions());
        if (updates == null) {
            if (!source.sealed) {
                turn.log(new SegmentRecord.Seal(source.id, turn.now()));
                loads.ended(source);
                reads.wake(source, turn);
            }
            turn.reply(replyTo, new SegmentReply.AttributeUpdated(false));
            return;
        }
        updates.forEach((id, value) -> turn.log(new SegmentRecord.SetAttribute(
                target.id, turn.now(), id.getMostSignificantBits(), id.getLeastSignificantBits(), value)));
        move(target, source, turn);
        loads.mergesDone(target, turn);
        reads.wake(target, turn);
        turn.reply(replyTo, new SegmentReply.Merged(List.of(target.length)));
    }

    void mergeBatch(
            MergeBatch command, ReplyTo<? super SegmentReply> replyTo, Turn<SegmentCommand, SegmentReply> turn) {
        need(command);
        Segment target = state.find(command.segment());
        if (target == null) {
            turn.replyConfirmed(replyTo, new SegmentReply.NoSuchSegment(command.segment()));
            return;
        }
        if (target.sealed) {
            turn.reply(replyTo, new SegmentReply.Sealed(target.name));
            return;
        }
        for (String name : command.sources()) {
            Segment source = state.find(name);
            SegmentReply refusal = source == null ? null : refusal(target, source);
            if (refusal != null) {
                turn.reply(replyTo, refusal);
                return;
            }
        }
        List<Long> lengths = new ArrayList<>(command.sources().size());
        for (String name : command.sources()) {
            Segment source = state.find(name);
            if (source != null) {
                move(target, source, turn);
            }
            lengths.add(target.length);
        }
        loads.mergesDone(target, turn);
        reads.wake(target, turn);
        turn.replyConfirmed(replyTo, new SegmentReply.Merged(lengths));
    }

    private void move(Segment target, Segment source, Turn<SegmentCommand, SegmentReply> turn) {
        long from = target.length;
        turn.log(new SegmentRecord.Merge(target.id, turn.now(), source.id));
        loads.merged(target, source, turn);
        if (target.length > from) {
            Attached attached = Attached.of(target);
            if (attached.mergedIn <= turn.committedFrame()) {
                attached.mergedFrom = from;
            }
            attached.mergedIn = target.changedIn;
        }
        if (tiering != null) {
            tiering.ended(source, turn);
            if (target.logBytes > 0) {
                tiering.appended(target, turn);
            }
        }
        reads.refuse(source, turn);
        connections.detach(source);
    }

    private static @Nullable SegmentReply refusal(Segment target, Segment source) {
        if (target == source) {
            return new SegmentReply.BadArgument("a segment cannot be merged into itself");
        }
        if (target.sealed) {
            return new SegmentReply.Sealed(target.name);
        }
        if (target.table != null || source.table != null) {
            return new SegmentReply.BadArgument(
                    "segment " + (target.table == null ? source : target).name + " is a table and cannot be merged");
        }
        if (source.startOffset > 0) {
            return new SegmentReply.BadArgument(
                    "segment " + source.name + " has been truncated and cannot be merged; delete it");
        }
        return null;
    }

    private static @Nullable SegmentReply refusal(List<AttributeCondition> conditions) {
        for (AttributeCondition condition : conditions) {
            if (condition.updateType() < 0 || condition.updateType() > 4) {
                return new SegmentReply.BadArgument(
                        "unknown type of attribute update: " + condition.updateType() + "; known are 0 to 4");
            }
            if (condition.attribute().getMostSignificantBits() == Segment.SERVER_KEPT) {
                return new SegmentReply.BadArgument("attribute " + condition.attribute() + " is kept by the server");
            }
        }
        return null;
    }

    /** New values of the target's attributes, or null if a condition does not hold. Later updates see earlier ones. */
    private static @Nullable Map<UUID, Long> evaluate(Segment target, List<AttributeCondition> conditions) {
        if (conditions.isEmpty()) {
            return Map.of();
        }
        Map<UUID, Long> updates = new HashMap<>();
        for (AttributeCondition condition : conditions) {
            UUID id = condition.attribute();
            Long earlier = updates.get(id);
            long current = earlier != null ? earlier : current(target, condition);
            boolean absent = current == SegmentCommand.NO_VALUE;
            boolean holds =
                    switch (condition.updateType()) {
                        case 0 -> absent;
                        case 2 -> absent || condition.value() > current;
                        case 4 -> current == condition.expected();
                        default -> true;
                    };
            if (!holds) {
                return null;
            }
            boolean accumulates = condition.updateType() == 3 && !absent;
            updates.put(id, accumulates ? current + condition.value() : condition.value());
        }
        return updates;
    }
}
