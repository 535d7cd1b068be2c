/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

import io.headrace.client.ByteStreamReader;
import io.headrace.client.Event;
import io.headrace.client.EventReader;
import io.headrace.client.EventWriter;
import io.headrace.client.HeadraceClient;
import io.headrace.client.KeyValueTable;
import io.headrace.client.ReadFrom;
import io.headrace.client.SegmentRange;
import io.headrace.client.Serializers;
import io.headrace.client.StreamCut;
import io.headrace.client.StreamName;
import io.headrace.client.TableConfiguration;
import io.headrace.client.TableKey;
import io.headrace.client.TableKeySerializer;
import io.headrace.client.TableName;
import io.headrace.client.TableRange;
import io.headrace.client.TableVersion;
import io.reactivex.rxjava3.core.Flowable;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

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
                case "bytes-write" -> peer.bytesWrite(Integer.parseInt(args[3]), Integer.parseInt(args[4]));
                case "bytes-read" -> peer.bytesRead(Long.parseLong(args[3]));
                case "write-times" -> peer.writeTimes(Integer.parseInt(args[3]));
                case "read-windows" -> peer.readWindows();
                case "ranges" -> peer.ranges();
                case "read-range" -> peer.readRange(args);
                case "table-put" -> peer.tablePut(args);
                case "table-read" -> peer.tableRead();
                case "table-change" -> peer.tableChange(args);
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

    /** So many bytes, each of which is its own offset. */
    private void bytesWrite(int from, int to) {
        byte[] bytes = new byte[to - from];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (from + i);
        }
        client.byteWriter(stream)
                .writeAll(Flowable.just(ByteBuffer.wrap(bytes, 0, 10).slice(), ByteBuffer.wrap(bytes, 10, bytes.length - 10)))
                .blockingAwait();
    }

    /** The head, the tail, how many bytes from the given one on are not their own offset, and where they end. */
    private void bytesRead(long from) {
        ByteStreamReader reader = client.byteReader(stream);
        long tail = reader.tailOffset().blockingGet();
        long[] state = {from, 0};
        reader.bytes(from, tail).blockingForEach(buffer -> {
            while (buffer.hasRemaining()) {
                state[1] += buffer.get() == (byte) state[0]++ ? 0 : 1;
            }
        });
        System.out.println(reader.headOffset().blockingGet() + " " + tail + " " + state[1] + " " + state[0]);
    }

    /** Events that say their times, 1 and so on; each time is noted when its event is durable. */
    private void writeTimes(int count) {
        EventWriter<String> writer = client.writer(stream, Serializers.utf8());
        Flowable.rangeLong(1, count)
                .concatMapCompletable(time -> writer.write("k" + time, Long.toString(time))
                        .ignoreElement()
                        .andThen(writer.noteTime(Instant.ofEpochMilli(time)))
                        .delay(50, TimeUnit.MILLISECONDS))
                .blockingAwait();
    }

    /** Each event, and the ends of the window that it is in, or a dash for one that there is not. */
    private void readWindows() {
        EventReader<String> reader = client.reader(stream, Serializers.utf8())
                .until(client.administration().tail(stream).blockingGet());
        reader.events()
                .concatMapSingle(event -> reader.timeWindow(event.position())
                        .map(window -> event.value() + " " + millis(window.lower()) + " " + millis(window.upper())))
                .blockingForEach(System.out::println);
    }

    private static String millis(Optional<Instant> time) {
        return time.map(known -> Long.toString(known.toEpochMilli())).orElse("-");
    }

    /** Segment, start and end of all ranges. */
    private void ranges() {
        client.reader(stream, Serializers.utf8())
                .ranges()
                .blockingForEach(range -> System.out.println(
                        range.segmentId() + " " + range.fromOffset() + " " + range.toOffset()));
    }

    /** The events of ranges of which three arguments each say segment, start and end. */
    private void readRange(String[] args) {
        EventReader<String> reader = client.reader(stream, Serializers.utf8());
        for (int i = 3; i < args.length; i += 3) {
            SegmentRange range = new SegmentRange(
                    stream, Long.parseLong(args[i]), Long.parseLong(args[i + 1]), Long.parseLong(args[i + 2]));
            reader.events(range).blockingForEach(event -> System.out.println(event.value()));
        }
    }

    /** Keys of four and two characters, values are texts. */
    private KeyValueTable<String, String> table() {
        return client.table(
                TableName.of(stream.toString()),
                TableKeySerializer.of(
                        text -> TableKey.of(text.substring(0, 4), text.substring(4)),
                        key -> text(key.primary()) + text(key.secondary())),
                Serializers.utf8());
    }

    private static String text(ByteBuffer bytes) {
        return StandardCharsets.UTF_8.decode(bytes).toString();
    }

    /** Makes the table if need be, and gives each key of the arguments its own name as a value. Prints the versions. */
    private void tablePut(String[] args) {
        client.administration()
                .createTable(TableName.of(stream.toString()), TableConfiguration.of(4, 4, 2))
                .ignoreElement()
                .blockingAwait();
        KeyValueTable<String, String> table = table();
        for (int i = 3; i < args.length; i++) {
            System.out.println(args[i] + " " + table.put(args[i], "v" + args[i]).blockingGet());
        }
    }

    /** Key, value and version of all entries. */
    private void tableRead() {
        table().entries(TableRange.all())
                .blockingForEach(entry ->
                        System.out.println(entry.key() + " " + entry.value() + " " + entry.version()));
    }

    /** Changes a key that has a version, then removes another that has another. */
    private void tableChange(String[] args) {
        System.out.println(table().putIfVersion(args[3], "changed", TableVersion.parse(args[4])).blockingGet());
        table().removeIfVersion(args[5], TableVersion.parse(args[6])).blockingAwait();
    }
}
