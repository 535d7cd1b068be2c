/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

import io.headrace.engine.partition.Turn;
import io.headrace.tiering.ChunkInfo;
import io.headrace.tiering.ChunkPage;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Deletes what nobody needs from the storage: chunks that nothing refers to any more, once the log has that, and chunks in
 * the partition's directory that former owners made and never recorded. Those are looked for when an owner begins, and
 * again less and less often: a former owner that stood still for a while writes on until its log refuses it.
 *
 * <p>A chunk of an earlier epoch that this owner does not know after recovery can never become known: its maker's records
 * all stand in the log before this epoch. So even an owner that was itself replaced deletes nothing that counts.
 */
final class ChunkDeletions {
    private static final int IN_FLIGHT = 8;
    private static final int PAGE = 500;
    private static final long FIRST_PAUSE_MILLIS = 60_000;
    private static final long LONGEST_PAUSE_MILLIS = 24 * 60 * 60_000;

    private final Chunks chunks;
    private final ChunkAccess access;
    private final StorageWriter writer;
    private final Retry retry = new Retry();
    private final Set<Long> deleting = new HashSet<>();
    private final Deque<String> orphans = new ArrayDeque<>();

    private int inFlight;
    private boolean listing;
    private @Nullable String next;

    /** When the next look begins, in milliseconds since the Unix epoch. */
    private long lookMillis;

    private long pauseMillis = FIRST_PAUSE_MILLIS;

    ChunkDeletions(Chunks chunks, ChunkAccess access, StorageWriter writer) {
        this.chunks = chunks;
        this.access = access;
        this.writer = writer;
    }

    void tick(Turn<SegmentCommand, SegmentReply> turn) {
        if (retry.isResting(turn.now())) {
            return;
        }
        for (Chunk chunk : chunks.unused()) {
            if (inFlight >= IN_FLIGHT) {
                return;
            }
            if (chunk.changedIn <= turn.committedFrame()
                    && !writer.isOpen(chunk.number)
                    && deleting.add(chunk.number)) {
                delete(chunk);
            }
        }
        while (inFlight < IN_FLIGHT && !orphans.isEmpty()) {
            deleteOrphan(orphans.remove());
        }
        boolean isTime = next != null || turn.now() >= lookMillis;
        if (isTime && !listing && orphans.isEmpty()) {
            list();
        }
    }

    private void delete(Chunk chunk) {
        inFlight++;
        access.delete(
                chunk,
                (done, turn) -> {
                    inFlight--;
                    retry.succeeded();
                    deleting.remove(chunk.number);
                    turn.log(new TierRecord.ChunkDeleted(chunk.number));
                },
                (failure, turn) -> {
                    inFlight--;
                    retry.failed(turn.now());
                    deleting.remove(chunk.number);
                });
    }

    private void deleteOrphan(String name) {
        inFlight++;
        access.delete(
                name,
                (done, turn) -> {
                    inFlight--;
                    retry.succeeded();
                },
                (failure, turn) -> {
                    inFlight--;
                    retry.failed(turn.now());
                    orphans.add(name);
                });
    }

    private void list() {
        listing = true;
        access.list(
                next,
                PAGE,
                (page, turn) -> {
                    listing = false;
                    retry.succeeded();
                    listed(page, turn.now());
                },
                (failure, turn) -> {
                    listing = false;
                    retry.failed(turn.now());
                });
    }

    private void listed(ChunkPage page, long now) {
        for (ChunkInfo info : page.chunks()) {
            if (isOrphan(info.chunk())) {
                orphans.add(info.chunk());
            }
        }
        next = page.next();
        if (next == null) {
            lookMillis = now + pauseMillis;
            pauseMillis = Math.min(2 * pauseMillis, LONGEST_PAUSE_MILLIS);
        }
    }

    /** Whether a chunk is one of an earlier epoch that is not known. What is named otherwise is not ours to delete. */
    private boolean isOrphan(String name) {
        String own = name.startsWith(access.prefix())
                ? name.substring(access.prefix().length())
                : "";
        int hyphen = own.indexOf('-');
        if (hyphen < 0) {
            return false;
        }
        try {
            long number = Long.parseLong(own.substring(0, hyphen));
            long epoch = Long.parseLong(own.substring(hyphen + 1));
            Chunk known = chunks.find(number);
            return epoch < access.epoch() && (known == null || known.epoch != epoch);
        } catch (NumberFormatException e) {
            return false;
        }
    }
}
