/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.cluster;

import io.headrace.engine.partition.Loop;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens and closes the partitions of this node as the cluster changes. A partition is claimed before it is opened, and given
 * back when it has been closed; the next owner waits for that. So a move is a hand-over while both nodes live, and a take-over
 * when the session of one has ended.
 *
 * <p>Belongs to one loop; what it is told hops there.
 */
public final class PartitionKeeper implements Registry.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(PartitionKeeper.class);

    /** A partition that was lost to another owner is not claimed again at once. */
    private static final long FENCED_MILLIS = 1_000;

    /** What opens and closes partitions. Called on the keeper's loop. */
    public interface Places {
        /** Begins to open a partition. */
        void open(String partition);

        /**
         * Begins to close a partition, which may serve for a while yet.
         *
         * @param closed told, on any thread, when it is no longer in this process
         */
        void close(String partition, Runnable closed);

        /** As {@link #close}, but waits for nothing: what is in flight is lost, as in a crash. */
        void abandon(String partition, Runnable closed);

        /** Runs a task on the keeper's loop, later. */
        void later(long millis, Runnable task);
    }

    private enum State {
        CLAIMING,
        OPEN,
        CLOSING,
        RELEASING,
        /** Lost to another owner a moment ago. */
        SHUNNED
    }

    private static final class Mine {
        State state = State.CLAIMING;

        /** The session in which it is claimed; another one than the present has ended. */
        final long session;

        Mine(long session) {
            this.session = session;
        }
    }

    private final String me;
    private final Map<Role, List<String>> kinds;
    private final Registry registry;
    private final Places places;
    private final Loop loop;
    private final int moves;

    private final Map<String, Mine> mine = new TreeMap<>();
    private ClusterView view = ClusterView.EMPTY;
    private boolean ending;

    /**
     * A keeper that has nothing yet.
     *
     * @param me this node's id
     * @param kinds names of all partitions, by the role of the nodes that can have them
     * @param moves how many partitions are handed over at a time
     */
    public PartitionKeeper(
            String me, Map<Role, List<String>> kinds, Registry registry, Places places, Loop loop, int moves) {
        this.me = me;
        this.kinds = Map.copyOf(kinds);
        this.registry = registry;
        this.places = places;
        this.loop = loop;
        this.moves = moves;
    }

    @Override
    public void changed(ClusterView newView) {
        loop.execute(() -> {
            view = newView;
            review();
        });
    }

    /**
     * Whatever is here may have another owner already: it is let go at once, since those who wait for it here could go on there,
     * and taken again only by a new claim.
     */
    @Override
    public void sessionLost() {
        loop.execute(() -> {
            LOG.warn("the session with ZooKeeper has ended: this node lets go of its {} partitions", mine.size());
            view = ClusterView.EMPTY;
            Map.copyOf(mine).forEach((partition, held) -> {
                if (held.state == State.OPEN) {
                    held.state = State.CLOSING;
                    places.abandon(partition, () -> loop.execute(() -> release(partition, held, () -> {})));
                } else if (held.state == State.CLOSING) {
                    // It may still serve; who waits until it is closed is told then.
                    places.abandon(partition, () -> {});
                }
            });
        });
    }

    /** A partition was lost to another owner. May be called from any thread. */
    public void fenced(String partition) {
        loop.execute(() -> {
            Mine held = mine.get(partition);
            if (held != null && held.state == State.OPEN) {
                LOG.warn("{} has another owner", partition);
                held.state = State.CLOSING;
                places.close(partition, () -> loop.execute(() -> release(partition, held, () -> shun(partition))));
            }
        });
    }

    /** Gives back everything, for this node ends; returns at once. */
    public void end() {
        loop.execute(() -> {
            ending = true;
            review();
        });
    }

    private void shun(String partition) {
        Mine shunned = new Mine(view.session());
        shunned.state = State.SHUNNED;
        mine.put(partition, shunned);
        places.later(FENCED_MILLIS, () -> {
            mine.remove(partition, shunned);
            review();
        });
    }

    private void review() {
        if (!ending && view.nodes().isEmpty()) {
            return;
        }
        kinds.forEach((role, partitions) -> {
            Map<String, String> targets = targets(role, partitions);
            partitions.forEach(partition -> review(partition, targets.get(partition)));
        });
    }

    private Map<String, String> targets(Role role, Collection<String> partitions) {
        return Placement.of(partitions, view.nodesThatAre(role));
    }

    private void review(String partition, @Nullable String target) {
        Mine held = mine.get(partition);
        if (held == null) {
            if (!ending && me.equals(target) && !view.owners().containsKey(partition)) {
                claim(partition);
            }
        } else if (held.state == State.OPEN && (ending || mustMove(target))) {
            close(partition, held);
        }
    }

    /** Not more than some at a time; where there is nowhere to go, here is better. */
    private boolean mustMove(@Nullable String target) {
        return target != null && !target.equals(me) && moving() < moves;
    }

    private long moving() {
        return mine.values().stream()
                .filter(held -> held.state == State.CLOSING || held.state == State.RELEASING)
                .count();
    }

    private void claim(String partition) {
        Mine held = new Mine(view.session());
        mine.put(partition, held);
        registry.claim(held.session, partition, isMine -> loop.execute(() -> claimed(partition, held, isMine)));
    }

    private void claimed(String partition, Mine held, boolean isMine) {
        if (!isMine || held.session != view.session()) {
            mine.remove(partition);
            // What the registry has told meanwhile was not acted on.
            review();
        } else if (ending) {
            release(partition, held, () -> {});
        } else {
            held.state = State.OPEN;
            places.open(partition);
            review();
        }
    }

    private void close(String partition, Mine held) {
        held.state = State.CLOSING;
        places.close(partition, () -> loop.execute(() -> release(partition, held, () -> {})));
    }

    private void release(String partition, Mine held, Runnable then) {
        if (held.session != view.session()) {
            released(partition, then);
            return;
        }
        held.state = State.RELEASING;
        registry.release(held.session, partition, () -> loop.execute(() -> released(partition, then)));
    }

    private void released(String partition, Runnable then) {
        mine.remove(partition);
        then.run();
        review();
    }
}
