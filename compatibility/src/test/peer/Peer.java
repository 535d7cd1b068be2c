/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

import io.headrace.client.Event;
import io.headrace.client.EventReader;
import io.headrace.client.EventWriter;
import io.headrace.client.HeadraceClient;
import io.headrace.client.ReadFrom;
import io.headrace.client.Serializers;
import io.headrace.client.StreamCut;
import io.headrace.client.StreamName;
import io.reactivex.rxjava3.core.Flowable;
import java.net.URI;
import java.util.HexFormat;

/**
 * A program of the reactive client, on the class path of the packaged server. Arguments: the controller, what to do, the
 * stream, and what that needs. Prints one line for each result.
 */
public final class Peer {
    private final HeadraceClient client;
    private final StreamName stream;

    private Peer(HeadraceClient client, StreamName stream) {
        this.client = client;
        this.stream = stream;
    }

    public static void main(String[] args) {
        try (HeadraceClient client = HeadraceClient.connect(URI.create(args[0]))) {
            Peer peer = new Peer(client, StreamName.of(args[2]));
            switch (args[1]) {
                case "write" -> peer.write(Integer.parseInt(args[3]), Integer.parseInt(args[4]));
                case "write-sizes" -> peer.writeSizes(args);
                case "transaction" -> peer.transaction(Integer.parseInt(args[3]), Integer.parseInt(args[4]));
                case "read" -> peer.read(ReadFrom.earliest());
                case "read-from" -> peer.read(ReadFrom.cut(StreamCut.parse(args[3])));
                case "tail" -> peer.tail();
                default -> throw new IllegalArgumentException(args[1]);
            }
        }
    }

    /** Events {@code key/number} from one number on, for seven keys. */
    private Flowable<String> events(int first, int count) {
        return Flowable.range(first, count).map(i -> i % 7 + "/" + i);
    }

    private void write(int first, int count) {
        client.writer(stream, Serializers.utf8())
                .writeAll(events(first, count), event -> event.substring(0, 1))
                .blockingAwait();
    }

    private void transaction(int first, int count) {
        client.writer(stream, Serializers.utf8())
                .writeExactlyOnce(events(first, count), event -> event.substring(0, 1))
                .blockingAwait();
    }

    /** Events of x, of the sizes that the arguments say. */
    private void writeSizes(String[] args) {
        EventWriter<String> writer = client.writer(stream, Serializers.utf8());
        for (int i = 3; i < args.length; i++) {
            writer.write("k", "x".repeat(Integer.parseInt(args[i]))).ignoreElement().blockingAwait();
        }
    }

    /** Value, pointer as text and bytes, position as bytes. */
    private void read(ReadFrom from) {
        EventReader<String> reader = client.reader(stream, Serializers.utf8())
                .from(from)
                .until(client.administration().tail(stream).blockingGet());
        reader.events().blockingForEach(Peer::print);
    }

    private static void print(Event<String> event) {
        HexFormat hex = HexFormat.of();
        System.out.println(String.join(
                " ",
                event.value(),
                event.pointer().toString(),
                hex.formatHex(event.pointer().toBytes()),
                hex.formatHex(event.position().toBytes())));
    }

    /** The tail as text and as bytes. */
    private void tail() {
        StreamCut tail = client.administration().tail(stream).blockingGet();
        System.out.println(tail.toText() + " " + HexFormat.of().formatHex(tail.toBytes()));
    }
}
