/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.segments;

import io.headrace.engine.partition.Turn;
import io.headrace.tiering.ChunkInfo;
import io.headrace.tiering.ChunkPage;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

    /** Unused chunks that are taken notice of at a time. */
    private static final int NOTICED = 256;

    private final Chunks chunks;
    private final ChunkAccess access;
    private final StorageWriter writer;
    private final Retry retry = new Retry();
    private final Deque<Chunk> unused = new ArrayDeque<>();
    private final Deque<String> orphans = new ArrayDeque<>();

    /** Nothing of these is deleted before the log has this frame. */
    private long unusedIn;

    private boolean looking;
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
        if (unused.isEmpty() && inFlight == 0 && !looking && chunks.takeUnnoticed()) {
            looking = true;
            SegmentCommand.Work.begin(turn, later -> look(), () -> {
                looking = false;
                chunks.unnoticed();
            });
        }
        while (inFlight < IN_FLIGHT && !unused.isEmpty() && unusedIn <= turn.committedFrame()) {
            delete(unused.remove());
        }
        while (inFlight < IN_FLIGHT && !orphans.isEmpty()) {
            deleteOrphan(orphans.remove());
        }
        boolean isTime = next != null || turn.now() >= lookMillis;
        if (isTime && !listing && orphans.isEmpty()) {
            list();
        }
    }

    /** Takes notice of the first chunks that are unused. All that were before are deleted, none is being. */
    private void look() {
        List<Chunk> found = chunks.rows().unused(NOTICED);
        looking = false;
        unusedIn = chunks.unusedIn();
        for (Chunk chunk : found) {
            if (writer.isOpen(chunk.number)) {
                chunks.unnoticed();
            } else {
                unused.add(chunk);
            }
        }
        if (found.size() == NOTICED) {
            chunks.unnoticed();
        }
    }

    private void delete(Chunk chunk) {
        inFlight++;
        access.delete(
                chunk,
                (done, turn) -> {
                    inFlight--;
                    retry.succeeded();
                    turn.log(new TierRecord.ChunkDeleted(chunk.number));
                },
                (failure, turn) -> {
                    inFlight--;
                    retry.failed(turn.now());
                    unused.add(chunk);
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
                    retry.succeeded();
                    SegmentCommand.Work.begin(turn, later -> listed(page, later.now()), () -> listing = false);
                },
                (failure, turn) -> {
                    listing = false;
                    retry.failed(turn.now());
                });
    }

    private void listed(ChunkPage page, long now) {
        Map<String, Named> former = new LinkedHashMap<>();
        for (ChunkInfo info : page.chunks()) {
            Named named = named(info.chunk());
            if (named != null && named.epoch < access.epoch()) {
                former.put(info.chunk(), named);
            }
        }
        chunks.rows().need(former.values().stream().map(Named::number).toList());
        listing = false;
        former.forEach((name, named) -> {
            if (!chunks.knows(named.number, named.epoch)) {
                orphans.add(name);
            }
        });
        next = page.next();
        if (next == null) {
            lookMillis = now + pauseMillis;
            pauseMillis = Math.min(2 * pauseMillis, LONGEST_PAUSE_MILLIS);
        }
    }

    /** What a chunk's name says. */
    private record Named(long number, long epoch) {}

    /** Null if it is not a name that this partition gives: what is named otherwise is not ours to delete. */
    private @Nullable Named named(String name) {
        String own = name.startsWith(access.prefix())
                ? name.substring(access.prefix().length())
                : "";
        int hyphen = own.indexOf('-');
        if (hyphen < 0) {
            return null;
        }
        try {
            return new Named(Long.parseLong(own.substring(0, hyphen)), Long.parseLong(own.substring(hyphen + 1)));
        } catch (NumberFormatException e) {
            return null;
        }
    }
}
