/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.cli;

import io.headrace.client.ReaderGroup;
import io.headrace.client.ReaderGroupConfiguration;
import io.headrace.client.ReaderGroupConfiguration.Bounds;
import io.headrace.client.Serializers;
import io.headrace.client.StreamCut;
import io.headrace.client.StreamName;
import io.headrace.verticles.gateway.data.Places;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a reset of a reader group will do, and does. */
final class GroupReset {
    private final Session session;
    private final ReaderGroup group;
    private final ReaderGroupConfiguration settings;
    private final SortedMap<String, StreamCut> now;
    private final SortedMap<String, StreamCut> then = new TreeMap<>();

    /**
     * Plans it.
     *
     * @param place as for reading; a cut of one stream leaves the others where they are
     */
    GroupReset(Session session, GroupName name, String place) {
        this.session = session;
        this.group = session.client().readerGroups(name.scope()).group(name.name());
        this.settings = group.configuration().blockingGet();
        this.now = group.lastKnownCuts().blockingGet();
        Optional<String> only = place.startsWith("cut:")
                ? Optional.of(StreamCut.parse(place.substring("cut:".length())).stream()
                        .toString())
                : Optional.empty();
        only.filter(stream -> !settings.streams().containsKey(stream)).ifPresent(stream -> {
            throw CommandException.badUsage("the group does not read " + stream + ", but "
                    + String.join(", ", settings.streams().keySet()));
        });
        for (String stream : settings.streams().keySet()) {
            if (only.isPresent() && !only.get().equals(stream)) {
                StreamCut kept = now.get(stream);
                if (kept != null) {
                    then.put(stream, kept);
                }
            } else {
                then.put(stream, cut(StreamName.of(stream), place));
            }
        }
    }

    private StreamCut cut(StreamName stream, String place) {
        return session.client()
                .reader(stream, Serializers.bytes())
                .from(Places.parse(stream, place))
                .start()
                .blockingGet();
    }

    /** A row for each stream: what is unread now, and what will be. */
    List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        for (Map.Entry<String, Bounds> stream : settings.streams().entrySet()) {
            GroupLag lag = new GroupLag(session.client(), StreamName.of(stream.getKey()), stream.getValue());
            long before = unread(lag, now.get(stream.getKey()));
            long after = unread(lag, then.get(stream.getKey()));
            rows.add(new Row()
                    .with("stream", stream.getKey())
                    .withBytes("unreadBytes", before)
                    .withBytes("unreadBytesThen", after)
                    .with("means", after - before, meaning(after - before)));
        }
        return rows;
    }

    private static long unread(GroupLag lag, @Nullable StreamCut cut) {
        return cut == null ? 0 : lag.bytes(cut);
    }

    private static String meaning(long more) {
        if (more == 0) {
            return "nothing changes";
        }
        return more > 0 ? "reads " + Units.bytes(more) + " again" : "skips " + Units.bytes(-more);
    }

    /** Does it: all readers end and have to join again. */
    void carryOut() {
        Map<StreamName, StreamCut> cuts = new TreeMap<>(Comparator.comparing(StreamName::toString));
        then.forEach((stream, cut) -> cuts.put(StreamName.of(stream), cut));
        group.reset(settings.from(cuts)).blockingAwait();
    }
}
