/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client;

import io.headrace.client.internal.Resources;
import io.headrace.client.internal.group.GroupControl;
import io.headrace.client.internal.group.GroupView;
import io.headrace.codecs.name.Names;
import io.reactivex.rxjava3.core.Completable;
import io.reactivex.rxjava3.core.Single;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.function.Supplier;

/**
 * Readers that share streams: each segment is read by one of them at a time. Readers of the published client may be members
 * of the same group. May be used by any thread.
 */
public final class ReaderGroup {

    /**
     * How the segments are shared.
     *
     * @param segments number of segments that each reader has
     * @param unassigned how many nobody has
     */
    public record Distribution(SortedMap<String, Integer> segments, int unassigned) {}

    /**
     * A checkpoint that is under way.
     *
     * @param waitingFor the readers that have not passed it
     */
    public record PendingCheckpoint(String name, SortedSet<String> waitingFor) {}

    private final Supplier<Resources> resources;
    private final Resources own;
    private final String scope;
    private final String name;
    private final GroupControl control;

    ReaderGroup(Supplier<Resources> resources, String scope, String name) {
        this.resources = resources;
        this.own = resources.get();
        this.scope = scope;
        this.name = name;
        this.control = new GroupControl(own, scope, name);
    }

    public String scope() {
        return scope;
    }

    public String name() {
        return name;
    }

    /** {@link NotFoundException} if there is no such group. */
    public Single<ReaderGroupConfiguration> configuration() {
        return own.loop().single(control::settings);
    }

    /**
     * A reader that joins the group when somebody subscribes to what it reads.
     *
     * @param reader unique in the group; letters, digits, dots and hyphens
     * @throws IllegalArgumentException if no reader can have such a name
     */
    public <T> GroupReader<T> reader(String reader, Serializer<T> serializer) {
        if (!Names.isUserName(reader)) {
            throw new IllegalArgumentException("\"" + reader + "\" cannot be the name of a reader");
        }
        return new GroupReader<>(resources, scope, name, reader, serializer, ReaderOptions.defaults());
    }

    /** The readers that have joined and not left. */
    public Single<SortedSet<String>> readers() {
        return own.loop().single(() -> control.state().map(GroupView::readers));
    }

    public Single<Distribution> distribution() {
        return own.loop().single(() -> control.state().map(GroupView::distribution));
    }

    /** The segments of each reader, by their full names. */
    public Single<SortedMap<String, SortedSet<String>>> assignments() {
        return own.loop().single(() -> control.state().map(GroupView::assignments));
    }

    /** The checkpoints that are under way, the oldest first. */
    public Single<List<PendingCheckpoint>> pendingCheckpoints() {
        return own.loop().single(() -> control.state().map(GroupView::pendingCheckpoints));
    }

    /** Declares a reader gone; others go on where it was at the last checkpoint. No effect if there is none of that name. */
    public Completable readerOffline(String reader) {
        return own.loop().completable(() -> control.offline(reader, Optional.empty()));
    }

    /** The same, but others go on behind the event that {@link Event#position} gave this position. */
    public Completable readerOffline(String reader, Position last) {
        return own.loop().completable(() -> control.offline(reader, Optional.of(last)));
    }

    /**
     * Takes a checkpoint: succeeds when all readers have passed it. {@link ConflictException} if there is one of that name,
     * or as many are under way as the configuration allows.
     */
    public Single<Checkpoint> checkpoint(String checkpoint) {
        return own.loop()
                .completable(() -> control.beginCheckpoint(checkpoint))
                .andThen(control.awaitCheckpoint(checkpoint));
    }

    /** Where all readers are, by {@code scope/stream}: found out without any of their users noticing. */
    public Single<SortedMap<String, StreamCut>> streamCuts() {
        return Single.defer(() -> {
            String silent = GroupView.silentName();
            return checkpoint(silent).map(Checkpoint::cuts);
        });
    }

    /** Where the readers were when they last told, by {@code scope/stream}. Asks none of them. */
    public Single<SortedMap<String, StreamCut>> lastKnownCuts() {
        return own.loop().single(() -> control.state().map(GroupView::lastRead));
    }

    /** How many bytes are left to read from the last checkpoint on, or from the start if there was none. */
    public Single<Long> unreadBytes() {
        return own.loop().single(control::unreadBytes);
    }

    /** Begins anew with other settings. All readers end with {@link ClosedException} and have to join again. */
    public Completable reset(ReaderGroupConfiguration settings) {
        return own.loop().completable(() -> control.reset(state -> settings));
    }

    /** Begins anew at a checkpoint; streams that it does not name begin as before. */
    public Completable resetTo(Checkpoint checkpoint) {
        return own.loop().completable(() -> control.reset(state -> GroupView.startingAt(state, checkpoint.cuts())));
    }

    /** Begins anew at the last checkpoint that completed; where the settings say if there was none. */
    public Completable resetToLastCheckpoint() {
        return own.loop()
                .completable(
                        () -> control.reset(state -> GroupView.startingAt(state, GroupView.lastCheckpoint(state))));
    }

    /**
     * Says that nothing before these cuts is needed any more. For groups whose retention is {@link
     * ReaderGroupConfiguration.Retention#BY_USER}.
     */
    public Completable release(Collection<StreamCut> cuts) {
        List<StreamCut> all = List.copyOf(cuts);
        return own.loop().completable(() -> control.release(all));
    }
}
