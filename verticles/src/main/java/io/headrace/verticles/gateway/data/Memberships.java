/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.gateway.data;

import io.headrace.client.HeadraceClient;
import io.headrace.client.ReaderGroup;
import io.headrace.client.ReaderGroupConfiguration;
import io.headrace.client.ReaderOptions;
import io.headrace.client.Serializers;
import io.headrace.client.StreamName;
import io.headrace.verticles.gateway.ProblemException;
import io.reactivex.rxjava3.core.Completable;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The members of reader groups behind all connections. Belongs to the event loop of the HTTP port. */
final class Memberships {
    /** How long a membership outlives its connection. */
    private static final long LEASE_MILLIS = TimeUnit.SECONDS.toMillis(3);

    private static final int BYTES_AHEAD = 256 << 10;

    /** A reader of a group, which has a scope and a name like a stream. */
    record Reader(StreamName group, String name) {}

    private final HeadraceClient client;
    private final Context context;
    private final Map<Reader, Membership> members = new HashMap<>();

    Memberships(HeadraceClient client, Context context) {
        this.client = client;
        this.context = context;
    }

    /**
     * Sees to it that the group can be joined.
     *
     * @param streams what it reads, if it is to be made where there is none
     * @param takesOver whether a reader of this name may be left from a server that has ended without telling
     */
    Future<Void> prepare(Reader reader, List<StreamName> streams, boolean takesOver) {
        Completable made = streams.isEmpty()
                ? Completable.complete()
                : client.readerGroups(reader.group.scope())
                        .create(reader.group.name(), ReaderGroupConfiguration.of(streams.toArray(StreamName[]::new)))
                        .ignoreElement();
        Completable gone = takesOver ? group(reader).readerOffline(reader.name) : Completable.complete();
        Promise<Void> done = Promise.promise();
        var unused = made.andThen(gone)
                .subscribe(
                        () -> context.runOnContext(nothing -> done.complete()),
                        failure -> context.runOnContext(nothing -> done.fail(failure)));
        return done.future();
    }

    /** Joins; whoever had this name on a connection that is lost leaves. */
    Membership join(Reader reader, String id, SocketPeer peer, long permits, Runnable whenEnded) {
        Membership before = members.get(reader);
        if (before != null && !before.isLost()) {
            throw new ProblemException(
                    409, "the reader " + reader.name + " of the group " + reader.group + " is connected");
        }
        if (before != null) {
            before.leave();
        }
        var events = group(reader)
                .reader(reader.name, Serializers.bytes())
                .with(ReaderOptions.defaults().withMaxBytesAhead(BYTES_AHEAD));
        Membership member = new Membership(id, peer, context, events::events, () -> {
            members.remove(reader);
            whenEnded.run();
        });
        members.put(reader, member);
        member.join(permits, before != null);
        return member;
    }

    /** The connection of a member is lost. */
    void lost(Membership member) {
        member.lost();
        context.owner().setTimer(LEASE_MILLIS, timer -> member.leave());
    }

    private ReaderGroup group(Reader reader) {
        return client.readerGroups(reader.group.scope()).group(reader.group.name());
    }
}
