/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

import io.headrace.engine.partition.ReplyTo;
import io.headrace.engine.partition.Turn;
import io.netty.buffer.ByteBufAllocator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All that a {@code segments} partition does with long-term storage. Volatile: it starts anew with each owner, and finds in
 * the durable state what there is to do. Driven by ticks and by answers of the storage, which come as {@link
 * SegmentCommand.Continue}.
 *
 * <p>Before anything else the storage must say who it is: chunks are known by their names only, and an empty directory
 * where a file system is not mounted looks like one from which all of them were deleted.
 */
final class Tiering {
    private static final Logger LOG = LoggerFactory.getLogger(Tiering.class);
    private static final long SAY_MILLIS = 10_000;

    /** Of segments that there is something to do for. */
    static final int MARKS = SegmentRows.IN_LOG | SegmentRows.IN_CHUNKS;

    private final SegmentsState state;
    private final Tier tier;
    private final Completions completions;
    private final ChunkAccess access;
    private final StorageWriter writer;
    private final ChunkDeletions deletions;
    private final ChunkJoins joins;
    private final ChunkReads reads;
    private final Retry retry = new Retry();

    private TierStatus.State phase = TierStatus.State.STARTING;
    private boolean asking;
    private String wrong = "";
    private boolean saidFailing;

    /** A review is under way that looks for segments which are not looked after, and where it began, or the next one will. */
    private boolean reviewing;

    private long reviewFrom = 1;
    private long saidMillis;

    Tiering(SegmentsState state, Tier tier, ByteBufAllocator allocator, ChunkReads.Execution execution) {
        this.state = state;
        this.tier = tier;
        this.completions = new Completions(tier.self());
        this.access = new ChunkAccess(tier, state.chunks(), completions);
        this.writer = new StorageWriter(state, tier.options(), access, allocator, this::sealed);
        this.joins = new ChunkJoins(state, tier.options().limits(), access, writer);
        this.deletions = new ChunkDeletions(state.chunks(), access, writer);
        this.reads = new ChunkReads(state.chunks(), access, new BlockCache(tier.blocks(), allocator), execution);
    }

    private void sealed(Segment segment) {
        joins.consider(segment);
    }

    /** To be used for reads of what is in chunks. */
    ChunkReads reads() {
        return reads;
    }

    void recovered(Turn<SegmentCommand, SegmentReply> turn) {
        access.begin(turn.epoch());
        if (access.isPossible()) {
            identify();
        } else if (state.chunks().count() > 0) {
            refuse("none", turn);
        } else {
            enter(TierStatus.State.NONE, turn);
        }
    }

    /** A segment that is not looked after: there may be something to do for it. */
    void found(Segment segment, Turn<SegmentCommand, SegmentReply> turn) {
        if (!access.isPossible()) {
            return;
        }
        if (segment.logBytes > 0) {
            writer.appended(segment, turn.now());
        }
        if (segment.extents != null && segment.extents.count() > 0 && segment.extents.isInChunk(0)) {
            joins.consider(segment);
        }
    }

    void appended(Segment segment, Turn<SegmentCommand, SegmentReply> turn) {
        if (access.isPossible()) {
            writer.appended(segment, turn.now());
        }
    }

    /** A segment is deleted or merged into another one. */
    void ended(Segment segment, Turn<SegmentCommand, SegmentReply> turn) {
        writer.ended(segment, turn);
        joins.ended(segment);
    }

    /** Goes on with what has been answered, or with a frame that has been loaded. */
    void goOn(long frame, Turn<SegmentCommand, SegmentReply> turn) {
        if (frame > 0) {
            writer.loaded(frame, turn);
        }
        completions.run(turn);
    }

    void tick(Turn<SegmentCommand, SegmentReply> turn) {
        if (phase == TierStatus.State.STARTING && !asking && !retry.isResting(turn.now())) {
            identify();
        }
        if (isOpen()) {
            writer.tick(turn);
            deletions.tick(turn);
            joins.tick(turn);
            reads.tick(turn);
            if (!reviewing && writer.takeOverlooked()) {
                review(turn);
            }
            TierStatus.State now =
                    writer.isFailing() || reads.isFailing() ? TierStatus.State.FAILING : TierStatus.State.RUNNING;
            phase = now;
            say(turn.now());
        }
        tier.status().accept(status(turn.now()));
    }

    private void review(Turn<SegmentCommand, SegmentReply> turn) {
        reviewing = true;
        turn.executeLater(
                new SegmentCommand.Review(reviewFrom, MARKS, state.changed().last()), new ReplyTo<SegmentReply>() {
                    @Override
                    public void reply(SegmentReply reply) {
                        throw new IllegalStateException("nobody asked for " + reply);
                    }

                    @Override
                    public void lost(String reason) {
                        reviewing = false;
                        writer.overlooked();
                    }
                });
    }

    /** Whether a review has to stop, for no more segments can be looked after now. */
    boolean isFull() {
        return writer.isFull();
    }

    /** A review has ended, or has stopped at {@code next}; then it goes on from there, and later from the beginning. */
    void reviewed(long next) {
        reviewing = false;
        if (next > 0 || reviewFrom > 1) {
            writer.overlooked();
        }
        reviewFrom = Math.max(1, next);
    }

    void lost(String reason) {
        completions.lost();
        writer.lost();
        reads.lost(reason);
    }

    /** Logs whether the storage works, if that has changed, and not for each failure of a storage that fails now and then. */
    private void say(long now) {
        if (isFailing() != saidFailing && now - saidMillis >= SAY_MILLIS) {
            saidFailing = isFailing();
            saidMillis = now;
            if (saidFailing) {
                LOG.warn("{}: long-term storage fails, and is tried again: {}", tier.partition(), access.problem());
            } else {
                LOG.info("{}: long-term storage works again", tier.partition());
            }
        }
    }

    private boolean isOpen() {
        return phase == TierStatus.State.RUNNING || phase == TierStatus.State.FAILING;
    }

    private boolean isFailing() {
        return phase == TierStatus.State.FAILING;
    }

    private TierStatus status(long now) {
        String problem =
                switch (phase) {
                    case WRONG_STORAGE -> wrong;
                    case RUNNING, NONE -> "";
                    case STARTING, FAILING -> access.problem();
                };
        return new TierStatus(
                phase,
                state.logBytes(),
                state.countedLogBytes(),
                now - writer.oldest(now),
                (int) Math.min(state.chunks().count(), Integer.MAX_VALUE),
                reads.hits(),
                reads.misses(),
                problem);
    }

    private void identify() {
        asking = true;
        access.identity(this::identified, (failure, later) -> {
            asking = false;
            if (!retry.isFailing()) {
                LOG.warn("{}: long-term storage cannot be reached: {}", tier.partition(), failure.getMessage());
            }
            retry.failed(later.now());
        });
    }

    private void identified(String identity, Turn<SegmentCommand, SegmentReply> turn) {
        asking = false;
        Chunks chunks = state.chunks();
        if (chunks.count() > 0 && !chunks.storage().equals(identity)) {
            refuse(identity, turn);
            return;
        }
        if (!chunks.storage().equals(identity)) {
            turn.log(new TierRecord.Storage(turn.random().nextLong(), identity));
        }
        enter(TierStatus.State.RUNNING, turn);
    }

    private void refuse(String identity, Turn<SegmentCommand, SegmentReply> turn) {
        wrong = tier.partition() + " has data in the long-term storage "
                + state.chunks().storage() + ", and this one is " + identity
                + ": mount the right directory, or start with the address that was used before";
        LOG.error("{}", wrong);
        enter(TierStatus.State.WRONG_STORAGE, turn);
    }

    private void enter(TierStatus.State next, Turn<SegmentCommand, SegmentReply> turn) {
        phase = next;
        tier.status().accept(status(turn.now()));
    }
}
