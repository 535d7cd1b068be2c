/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.streams;

import io.headrace.engine.streams.ReaderGroupConfiguration;
import io.headrace.engine.streams.StreamCommand;
import io.headrace.engine.streams.StreamName;
import io.headrace.engine.streams.StreamReply;
import io.headrace.engine.streams.StreamReply.CreateReaderGroupStatus;
import io.headrace.engine.streams.StreamReply.Cut;
import io.headrace.engine.streams.StreamReply.DeleteReaderGroupStatus;
import io.headrace.engine.streams.StreamReply.ReaderGroup;
import io.headrace.engine.streams.StreamReply.ReaderGroupCreated;
import io.headrace.engine.streams.StreamReply.ReaderGroupStatus;
import io.headrace.engine.streams.StreamReply.ReaderGroupUpdated;
import io.headrace.engine.streams.StreamReply.UpdateReaderGroupStatus;
import io.headrace.engine.streams.StreamReply.UpdateSubscriberStatus;
import io.headrace.engine.streams.StreamsView;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Creates a reader group over some streams, changes which ones, reports positions, deletes it and creates it again. */
final class GroupDirector extends Actor {
    private final String scope;
    private final String group;
    private final List<StreamCast> casts;

    /** What is in force, as far as it knows; null if there is no group. */
    private @Nullable ReaderGroupConfiguration stored;

    /** What it wants to be in force. */
    private @Nullable ReaderGroupConfiguration wanted;

    private boolean deleting;

    /** The streams of the group that could be used when it was made what it is. */
    private final SortedMap<StreamName, StreamLife> lives = new TreeMap<>();

    GroupDirector(StreamsWorld world, String scope, String group, List<StreamCast> casts) {
        super(world, 100_000);
        this.scope = scope;
        this.group = group;
        this.casts = casts;
    }

    @Override
    boolean isIdle() {
        return wanted == null && !deleting;
    }

    @Override
    void proceed() {
        ReaderGroupConfiguration present = stored;
        if (wanted != null) {
            apply(wanted, present);
        } else if (deleting && present != null) {
            delete(present);
        } else if (world.isFinishing()) {
            return;
        } else if (present == null) {
            wanted = wish(new UUID(world.random.nextLong(), world.random.nextLong()), 0);
        } else {
            switch (world.random.nextInt(6)) {
                case 0 -> wanted = wish(present.id(), present.generation());
                case 1 -> deleting = true;
                default -> report(present);
            }
        }
    }

    private ReaderGroupConfiguration wish(UUID id, long generation) {
        List<StreamName> names = new ArrayList<>();
        for (StreamCast cast : casts) {
            if (world.random.nextInt(3) > 0) {
                names.add(cast.name);
            }
        }
        ReaderGroupConfiguration some =
                ReaderGroupConfiguration.over(id, world.random.nextInt(3), names.toArray(new StreamName[0]));
        return new ReaderGroupConfiguration(
                some.groupRefreshMillis(),
                some.automaticCheckpointMillis(),
                some.maxOutstandingCheckpoints(),
                some.retentionType(),
                generation,
                some.id(),
                some.startCuts(),
                some.endCuts(),
                0);
    }

    private void apply(ReaderGroupConfiguration wish, @Nullable ReaderGroupConfiguration present) {
        lives.clear();
        for (StreamCast cast : casts) {
            StreamLife life = cast.open();
            if (life != null && wish.isSubscriber() && wish.startCuts().containsKey(cast.name)) {
                lives.put(cast.name, life);
            }
        }
        if (present == null) {
            create(wish);
        } else {
            update(wish);
        }
    }

    private void create(ReaderGroupConfiguration wish) {
        ask(new StreamCommand.CreateReaderGroup(scope, group, wish), reply -> {
            ReaderGroupCreated created = (ReaderGroupCreated) reply;
            if (created.status() == CreateReaderGroupStatus.SCOPE_NOT_FOUND) {
                ask(new StreamCommand.CreateScope(scope), made -> {});
                return;
            }
            expect(created.status() == CreateReaderGroupStatus.SUCCESS && wish.equals(created.configuration()), reply);
            stored = wish;
            wanted = null;
        });
    }

    private void update(ReaderGroupConfiguration wish) {
        ReaderGroupConfiguration next = next(wish);
        ask(new StreamCommand.UpdateReaderGroup(scope, group, wish), reply -> {
            ReaderGroupUpdated updated = (ReaderGroupUpdated) reply;
            if (updated.status() == UpdateReaderGroupStatus.SUCCESS) {
                expect(updated.generation() == next.generation(), reply);
                stored = next;
                wanted = null;
            } else {
                // A repeated command finds what it has done itself.
                expect(updated.status() == UpdateReaderGroupStatus.INVALID_CONFIG, reply);
                ask(new StreamCommand.GetReaderGroup(scope, group), found -> {
                    ReaderGroup known = (ReaderGroup) found;
                    expect(known.status() == ReaderGroupStatus.SUCCESS && next.equals(known.configuration()), found);
                    stored = next;
                    wanted = null;
                });
            }
        });
    }

    private static ReaderGroupConfiguration next(ReaderGroupConfiguration wish) {
        return new ReaderGroupConfiguration(
                wish.groupRefreshMillis(),
                wish.automaticCheckpointMillis(),
                wish.maxOutstandingCheckpoints(),
                wish.retentionType(),
                wish.generation() + 1,
                wish.id(),
                wish.startCuts(),
                wish.endCuts(),
                wish.rolloverBytes());
    }

    private void delete(ReaderGroupConfiguration present) {
        ask(new StreamCommand.DeleteReaderGroup(scope, group, present.id()), reply -> {
            expect(reply == DeleteReaderGroupStatus.SUCCESS || reply == DeleteReaderGroupStatus.RG_NOT_FOUND, reply);
            stored = null;
            deleting = false;
            lives.clear();
        });
    }

    /** Says of one stream that nothing before its head is needed. */
    private void report(ReaderGroupConfiguration present) {
        if (lives.isEmpty()) {
            return;
        }
        StreamName stream = List.copyOf(lives.keySet()).get(world.random.nextInt(lives.size()));
        StreamLife life = lives.get(stream);
        ask(new StreamCommand.GetHead(stream), head -> {
            if (head instanceof Cut cut) {
                ask(
                        new StreamCommand.UpdateSubscriberCut(
                                stream, scope + "/" + group, present.id(), present.generation(), cut.cut()),
                        reply -> expect(
                                reply == UpdateSubscriberStatus.SUCCESS || life == null || life.sealAsked, reply));
            }
        });
    }

    /** In the end, subscriptions are those of the group as it is. */
    void check(List<StreamsView> views) {
        for (StreamsView view : views) {
            for (StreamsView.Stream stream : view.streams()) {
                check(stream.name(), stream.subscribers().get(scope + "/" + group));
            }
        }
    }

    private void check(StreamName stream, StreamsView.@Nullable Subscription found) {
        ReaderGroupConfiguration present = stored;
        if (present == null || !present.isSubscriber() || !present.startCuts().containsKey(stream)) {
            require(found == null, stream + " has the subscription " + found + " of the group " + present);
            return;
        }
        boolean right = found != null && found.groupId().equals(present.id());
        StreamLife life = lives.get(stream);
        if (life != null && casts.stream().anyMatch(cast -> cast.life == life)) {
            right &= found != null && found.generation() == present.generation();
        } else {
            // It was not there when the group was made what it is.
            right |= found == null;
        }
        require(right, stream + " has the subscription " + found + ", not that of the group " + present);
    }

    private void expect(boolean condition, StreamReply reply) {
        require(condition, "group " + scope + "/" + group + " is answered with " + reply + ", wanted was " + wanted);
    }

    private void require(boolean condition, String what) {
        if (!condition) {
            throw world.simulation.violation(what);
        }
    }
}
