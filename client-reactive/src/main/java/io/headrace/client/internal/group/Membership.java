/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client.internal.group;

import io.headrace.client.ClosedException;
import io.headrace.client.ConflictException;
import io.headrace.client.NotFoundException;
import io.headrace.client.internal.Resources;
import io.headrace.client.internal.group.GroupRecord.AddReader;
import io.headrace.client.internal.group.GroupRecord.RemoveReader;
import io.headrace.client.internal.group.GroupRecord.Start;
import io.headrace.client.internal.revision.Shared;
import io.headrace.client.internal.revision.SharedState;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The state of a group as one of its members changes it, from when that has joined until it leaves, is declared offline or
 * the group begins anew. The state knows members by their names only: who comes next under the same name looks in it like the
 * one before, and would be removed by that. So what tells them apart is the record that ended the first. On the loop.
 */
final class Membership implements Shared<GroupState, GroupRecord> {
    private final String name;
    private final String id;
    private final SharedState<GroupState, GroupRecord> shared;
    private boolean joined;
    private boolean endedByOthers;

    Membership(Resources resources, String scope, String group, String id) {
        this.name = scope + '/' + group;
        this.id = id;
        this.shared = GroupModel.share(resources, scope, group, this::onRead);
    }

    private void onRead(GroupRecord change) {
        boolean ends = change instanceof Start
                || (change instanceof RemoveReader remove && remove.reader().equals(id));
        endedByOthers |= joined && ends;
    }

    /** Fails with {@link ConflictException} if there is a reader of that name, {@link NotFoundException} without a group. */
    Future<GroupState> join() {
        return shared.update(state -> {
                    if (state.isOnline(id)) {
                        throw new ConflictException("the group " + name + " has a reader " + id
                                + ", which is to be declared offline first if it is gone");
                    }
                    return List.of(new AddReader(id));
                })
                .map(state -> {
                    joined = true;
                    return state;
                })
                .recover(cause -> Future.failedFuture(
                        cause instanceof NotFoundException
                                ? new NotFoundException("there is no reader group " + name, cause)
                                : cause));
    }

    /** Whether the reader that is online under that name is this one. */
    boolean isHeld(GroupState state) {
        return joined && !endedByOthers && state.isOnline(id);
    }

    ClosedException ended() {
        return new ClosedException(
                "the reader " + id + " of the group " + name + " was declared offline, or the group begins anew");
    }

    Future<GroupState> fetch() {
        return shared.fetch();
    }

    @Override
    public GroupState current() {
        return shared.current();
    }

    /** As declared; fails with {@link ClosedException}, and writes nothing, once it is over. */
    @Override
    public Future<GroupState> update(Function<? super GroupState, ? extends List<? extends GroupRecord>> changes) {
        return shared.update(state -> {
            if (!isHeld(state)) {
                throw ended();
            }
            return changes.apply(state);
        });
    }

    @Override
    public Future<Void> append(List<? extends GroupRecord> changes) {
        return shared.append(changes);
    }

    long bytesSinceCompaction() {
        return shared.bytesSinceCompaction();
    }

    Future<Void> compact() {
        return shared.compact();
    }

    /**
     * Behind whatever is under way, which may be the joining; writes nothing if it is over already.
     *
     * @param offsets where others go on in its segments
     */
    Future<Void> leave(Supplier<Map<String, Long>> offsets) {
        return shared.update(
                        state -> isHeld(state) ? List.of(new RemoveReader(id, offsets.get())) : List.<GroupRecord>of())
                .eventually(() -> {
                    shared.end();
                    return Future.succeededFuture();
                })
                .mapEmpty();
    }
}
