/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

import io.headrace.client.Checkpoint;
import io.headrace.client.Event;
import io.headrace.client.HeadraceClient;
import io.headrace.client.Position;
import io.headrace.client.ReaderGroup;
import io.headrace.client.ReaderGroupConfiguration;
import io.headrace.client.Revision;
import io.headrace.client.RevisionedStream;
import io.headrace.client.Serializers;
import io.headrace.client.StreamCut;
import io.headrace.client.StreamName;
import io.reactivex.rxjava3.disposables.Disposable;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;

/**
 * A program of the reactive client, on the class path of the packaged server: a member of reader groups, among other things.
 * Arguments: the controller and a stream. Each line of its input is a command; it prints one line or more for each, and
 * {@code ok} or what went wrong behind them. Events that are read come in between, whenever they come.
 */
public final class GroupPeer {
    private static final HexFormat HEX = HexFormat.of();

    private final HeadraceClient client;
    private final StreamName stream;

    private GroupPeer(HeadraceClient client, StreamName stream) {
        this.client = client;
        this.stream = stream;
    }

    public static void main(String[] args) throws IOException {
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (HeadraceClient client = HeadraceClient.connect(URI.create(args[0]))) {
            GroupPeer peer = new GroupPeer(client, StreamName.of(args[1]));
            for (String line = commands.readLine(); line != null; line = commands.readLine()) {
                try {
                    peer.run(line.split(" "));
                    System.out.println("ok");
                } catch (RuntimeException e) {
                    System.out.println("failed " + e);
                }
            }
        }
    }

    private void run(String[] words) {
        switch (words[0]) {
            case "create" -> create(words[1]);
            case "read" -> read(group(words[1]), words[2]);
            case "checkpoint" -> print(group(words[1]).checkpoint(words[2]).blockingGet());
            case "checkpoint-from" -> print(Checkpoint.fromBytes(HEX.parseHex(words[1])));
            case "reset" ->
                group(words[1]).resetTo(Checkpoint.fromBytes(HEX.parseHex(words[2]))).blockingAwait();
            case "cuts" ->
                group(words[1]).streamCuts().blockingGet().values().forEach(cut -> System.out.println("cut " + cut.toText()));
            case "offline" ->
                group(words[1])
                        .readerOffline(words[2], Position.fromBytes(HEX.parseHex(words[3])))
                        .blockingAwait();
            case "unread" -> System.out.println("bytes " + group(words[1]).unreadBytes().blockingGet());
            case "readers" ->
                System.out.println(
                        "readers " + String.join(",", group(words[1]).readers().blockingGet()));
            case "compact-log" -> log().truncate(Revision.parse(words[1])).blockingAwait();
            case "entries" ->
                log().read(Revision.parse(words[1]))
                        .blockingForEach(entry -> System.out.println("entry " + entry.value() + " " + entry.revision()));
            case "oldest" -> System.out.println("revision " + log().oldest().blockingGet());
            case "write-if" ->
                System.out.println("revision "
                        + log().writeIf(Revision.parse(words[1]), words[2])
                                .map(Revision::toString)
                                .defaultIfEmpty("none")
                                .blockingGet());
            case "mark" -> System.out.println("revision " + log().mark().map(Revision::toString).defaultIfEmpty("none").blockingGet());
            case "move-mark" ->
                System.out.println(
                        "moved " + log().compareAndSetMark(revision(words[1]), revision(words[2])).blockingGet());
            default -> throw new IllegalArgumentException(words[0]);
        }
    }

    private static Optional<Revision> revision(String text) {
        return text.equals("none") ? Optional.empty() : Optional.of(Revision.parse(text));
    }

    private RevisionedStream<String> log() {
        return client.revisionedStream(stream, Serializers.utf8());
    }

    private ReaderGroup group(String name) {
        return client.readerGroups(stream.scope()).group(name);
    }

    private void create(String name) {
        client.readerGroups(stream.scope())
                .create(
                        name,
                        ReaderGroupConfiguration.of(stream)
                                .withCheckpointInterval(Duration.ofMillis(500))
                                .withRefreshInterval(Duration.ofMillis(200)))
                .blockingGet();
    }

    private void read(ReaderGroup group, String reader) {
        Disposable unused = group.reader(reader, Serializers.utf8())
                .events()
                .subscribe(GroupPeer::print, cause -> System.out.println("ended " + cause), () -> System.out.println("ended"));
    }

    private static void print(Event<String> event) {
        System.out.println(String.join(
                " ",
                "event",
                event.value(),
                HEX.formatHex(event.pointer().toBytes()),
                HEX.formatHex(event.position().toBytes())));
    }

    private static void print(Checkpoint checkpoint) {
        System.out.println("checkpoint " + checkpoint.name() + " " + HEX.formatHex(checkpoint.toBytes()));
        for (Map.Entry<String, StreamCut> cut : checkpoint.cuts().entrySet()) {
            System.out.println("cut " + cut.getValue().toText());
        }
    }
}
