/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client;

import io.headrace.client.internal.Resources;
import io.headrace.client.internal.control.ScopeCalls;
import io.headrace.client.internal.group.GroupControl;
import io.headrace.codecs.name.Names;
import io.reactivex.rxjava3.core.Flowable;
import io.reactivex.rxjava3.core.Single;
import io.vertx.core.Future;
import java.util.function.Function;
import java.util.function.Supplier;

/** The reader groups of a scope. Calls begin when somebody subscribes. */
public final class ReaderGroups {
    private static final String PREFIX = Names.readerGroupStream("");

    private final Supplier<Resources> resources;
    private final String scope;

    ReaderGroups(Supplier<Resources> resources, String scope) {
        this.resources = resources;
        this.scope = scope;
    }

    /**
     * Makes a group. False if there was one with these settings; {@link ConflictException} if it has others.
     *
     * @param name letters, digits, dots and hyphens
     */
    public Single<Boolean> create(String name, ReaderGroupConfiguration settings) {
        return once(name, control -> control.create(settings));
    }

    /** Deletes a group, whatever readers it has; false if there is none. */
    public Single<Boolean> delete(String name) {
        return once(name, GroupControl::delete);
    }

    private <T> Single<T> once(String name, Function<GroupControl, Future<T>> question) {
        String group = checked(name);
        return Single.defer(() -> {
            Resources own = resources.get();
            return own.loop().single(() -> {
                GroupControl control = new GroupControl(own, scope, group);
                return question.apply(control).onComplete(done -> control.end());
            });
        });
    }

    /** The names of all groups. */
    public Flowable<String> list() {
        return Flowable.defer(() -> {
            Resources own = resources.get();
            return streams(own, new ScopeCalls(own.controller()), "")
                    .map(StreamName::name)
                    .filter(Names::isReaderGroupStream)
                    .map(stream -> stream.substring(PREFIX.length()));
        });
    }

    private Flowable<StreamName> streams(Resources own, ScopeCalls calls, String from) {
        return own.loop()
                .single(() -> calls.streams(scope, from))
                .flatMapPublisher(page -> page.items().isEmpty()
                        ? Flowable.empty()
                        : Flowable.fromIterable(page.items())
                                .concatWith(Flowable.defer(() -> streams(own, calls, page.next()))));
    }

    /**
     * A group by its name. Asks nobody: that there is none shows in what is done with it.
     *
     * @throws IllegalArgumentException if no group can have such a name
     */
    public ReaderGroup group(String name) {
        return new ReaderGroup(resources, scope, checked(name));
    }

    private static String checked(String name) {
        if (!Names.isUserName(name)) {
            throw new IllegalArgumentException("\"" + name + "\" cannot be the name of a reader group");
        }
        return name;
    }
}
