/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.group;

import io.headrace.client.Checkpoint;
import io.headrace.client.ConflictException;
import io.headrace.client.NotFoundException;
import io.headrace.client.Position;
import io.headrace.client.Position.Place;
import io.headrace.client.ReaderGroupConfiguration;
import io.headrace.client.ReaderGroupConfiguration.Bounds;
import io.headrace.client.StreamCut;
import io.headrace.client.StreamName;
import io.headrace.client.UnavailableException;
import io.headrace.client.internal.Errors;
import io.headrace.client.internal.Resources;
import io.headrace.client.internal.control.GroupCalls;
import io.headrace.client.internal.group.GroupRecord.ClearCheckpointsBefore;
import io.headrace.client.internal.group.GroupRecord.CreateCheckpoint;
import io.headrace.client.internal.group.GroupRecord.RemoveReader;
import io.headrace.client.internal.group.GroupRecord.SetUpdating;
import io.headrace.client.internal.group.GroupRecord.Start;
import io.headrace.client.internal.loop.Loop;
import io.headrace.client.internal.revision.SharedState;
import io.reactivex.rxjava3.core.Single;
import io.reactivex.rxjava3.core.SingleEmitter;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;

/** What is asked of a group by who is no member of it. On its loop. */
public final class GroupControl {
    private static final Duration POLL = Duration.ofMillis(200);

    private final Resources resources;
    private final String scope;
    private final String group;
    private final GroupCalls calls;
    private final SharedState<GroupState, GroupRecord> shared;

    public GroupControl(Resources resources, String scope, String group) {
        this.resources = resources;
        this.scope = scope;
        this.group = group;
        this.calls = new GroupCalls(resources.controller());
        this.shared = GroupModel.share(resources, scope, group, change -> {});
    }

    /** Ends it; what is under way fails. */
    public void end() {
        shared.end();
    }

    /** Makes the group; false if there is one with these settings. {@link ConflictException} if it has others. */
    public Future<Boolean> create(ReaderGroupConfiguration settings) {
        UUID id = UUID.randomUUID();
        return calls.create(scope, group, new GroupConfig(settings, id, 0)).compose(stored -> {
            if (!stored.settings().equals(settings)) {
                return Future.failedFuture(
                        new ConflictException("the reader group " + scope + '/' + group + " has other settings"));
            }
            if (stored.generation() > 0) {
                return Future.succeededFuture(false);
            }
            // Also if it was there: who made it may not have come so far.
            return start(stored)
                    .compose(start -> shared.initialize(GroupState.of(start)))
                    .map(initialized -> stored.id().equals(id));
        });
    }

    public Future<Boolean> delete() {
        return calls.get(scope, group)
                .compose(config -> calls.delete(scope, group, config))
                .recover(cause -> cause instanceof NotFoundException
                        ? Future.succeededFuture(false)
                        : Future.failedFuture(cause));
    }

    public Future<ReaderGroupConfiguration> settings() {
        return calls.get(scope, group).map(GroupConfig::settings);
    }

    public Future<GroupState> state() {
        return shared.fetch();
    }

    /** What a group with these settings begins with. */
    private Future<Start> start(GroupConfig config) {
        Map<String, Place> starts = new TreeMap<>();
        Map<String, Long> ends = new TreeMap<>();
        List<Future<Void>> asked = new ArrayList<>();
        config.settings().streams().forEach((name, bounds) -> {
            StreamName stream = StreamName.of(name);
            asked.add(begin(stream, bounds).map(cut -> {
                Cuts.bySegment(cut)
                        .forEach((segment, offset) -> starts.put(segment, new Place(offset, Optional.empty())));
                return null;
            }));
            bounds.to().ifPresent(cut -> Cuts.bySegment(cut)
                    .forEach((segment, offset) ->
                            ends.put(segment, offset == StreamCut.END_OF_SEGMENT ? Long.MAX_VALUE : offset)));
        });
        return Future.all(asked).map(all -> new Start(config, starts, ends));
    }

    private Future<StreamCut> begin(StreamName stream, Bounds bounds) {
        return bounds.from().isPresent()
                ? Future.succeededFuture(bounds.from().get())
                : resources.streams().head(stream).map(offsets -> new StreamCut(stream, offsets));
    }

    /** Declares a reader gone; others go on at the position, or at the last checkpoint. */
    public Future<Void> offline(String reader, Optional<Position> position) {
        Map<String, Long> offsets = new TreeMap<>();
        position.ifPresent(known -> known.places().forEach((segment, place) -> offsets.put(segment, place.offset())));
        return shared.fetch()
                .compose(fetched -> shared.update(state ->
                        state.isOnline(reader) ? List.of(new RemoveReader(reader, offsets)) : List.<GroupRecord>of()))
                .mapEmpty();
    }

    /** Asks all readers to pass a checkpoint; succeeds when that is written. */
    public Future<Void> beginCheckpoint(String name) {
        return shared.fetch()
                .compose(fetched -> shared.update(state -> {
                    if (state.checkpoints().names().contains(name)) {
                        throw new ConflictException("there is a checkpoint " + name);
                    }
                    if (!Checkpoints.isSilent(name)
                            && state.checkpoints().outstanding()
                                    >= state.config().settings().maxCheckpoints()) {
                        throw new ConflictException("too many checkpoints are under way");
                    }
                    return List.of(new CreateCheckpoint(name));
                }))
                .mapEmpty();
    }

    /** Waits until all readers have passed a checkpoint. While nobody listens any more, nothing is asked. */
    public Single<Checkpoint> awaitCheckpoint(String name) {
        return Single.create(answer -> resources.loop().execute(() -> poll(name, answer)));
    }

    private void poll(String name, SingleEmitter<Checkpoint> answer) {
        if (answer.isDisposed()) {
            return;
        }
        if (resources.loop().hasEnded()) {
            answer.tryOnError(Loop.closed());
            return;
        }
        shared.fetch()
                .compose(state -> state.checkpoints().isComplete(name)
                        ? result(name, state).map(Optional::of)
                        : Future.succeededFuture(Optional.<Checkpoint>empty()))
                .onComplete(
                        result -> {
                            if (result.isPresent()) {
                                answer.onSuccess(result.get());
                            } else {
                                var unused = resources.loop().after(POLL, () -> poll(name, answer));
                            }
                        },
                        cause -> answer.tryOnError(Errors.of(cause)));
    }

    private Future<Checkpoint> result(String name, GroupState state) {
        Map<String, Long> offsets = state.checkpoints().offsets().get(name);
        if (offsets == null) {
            return Future.failedFuture(new UnavailableException(
                    "the checkpoint " + name + " was forgotten before it was seen to be complete"));
        }
        return shared.append(List.of(new ClearCheckpointsBefore(name)))
                .map(cleared -> new Checkpoint(name, Cuts.byStream(offsets)));
    }

    /** Begins the group anew with settings that are made of those that it has; all readers are offline then. */
    public Future<Void> reset(Function<? super GroupState, ReaderGroupConfiguration> settings) {
        return shared.fetch().compose(state -> {
            GroupConfig wanted = new GroupConfig(
                    settings.apply(state), state.config().id(), state.config().generation());
            return start(wanted)
                    .compose(start -> shared.update(now -> now.config().equals(state.config())
                                    ? List.of(new SetUpdating(true))
                                    : List.<GroupRecord>of())
                            .compose(marked -> calls.update(scope, group, wanted))
                            .compose(generation -> begin(start, generation)))
                    .recover(cause -> cause instanceof ConflictException
                            ? adopt().compose(adopted -> reset(settings))
                            : Future.failedFuture(cause));
        });
    }

    private Future<Void> begin(Start start, long generation) {
        GroupConfig config =
                new GroupConfig(start.config().settings(), start.config().id(), generation);
        return shared.update(state -> state.config().generation() < generation
                        ? List.of(new Start(config, start.starts(), start.ends()))
                        : List.<GroupRecord>of())
                .mapEmpty();
    }

    /** Somebody else was faster at the controller: sees to it that this becomes the state. */
    private Future<Void> adopt() {
        return calls.get(scope, group)
                .compose(stored -> start(stored).compose(start -> begin(start, stored.generation())));
    }

    /** How many bytes are left to read, from the last checkpoint on, or from what readers have told if there was none. */
    public Future<Long> unreadBytes() {
        return shared.fetch().compose(state -> {
            SortedMap<String, Long> read = state.checkpoints().last().isEmpty()
                    ? state.lastRead()
                    : state.checkpoints().last();
            Map<String, Long> ends = state.ends();
            Future<Long> sum = Future.succeededFuture(0L);
            for (StreamCut cut : Cuts.byStream(read).values()) {
                sum = sum.compose(
                        before -> UnreadBytes.of(resources, calls, cut, ends).map(bytes -> before + bytes));
            }
            return sum;
        });
    }

    /** Lets go of what lies before some cuts. */
    public Future<Void> release(List<StreamCut> cuts) {
        return shared.fetch().compose(state -> {
            Future<Void> done = Future.succeededFuture();
            for (StreamCut cut : cuts) {
                done = done.compose(before -> calls.release(scope, group, state.config(), cut));
            }
            return done;
        });
    }
}
