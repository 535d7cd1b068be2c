/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

import io.headrace.benchmarks.Measurements;
import io.headrace.benchmarks.Subject;
import io.headrace.client.Administration;
import io.headrace.client.EventWriter;
import io.headrace.client.HeadraceClient;
import io.headrace.client.Serializer;
import io.headrace.client.StreamConfiguration;
import io.headrace.client.StreamName;
import io.headrace.client.WriterOptions;
import io.reactivex.rxjava3.disposables.CompositeDisposable;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** The reactive client, on the class path of the packaged server. Arguments: those of Measurements. */
public final class ReactiveClient implements Subject {
    private static final long BYTES_IN_FLIGHT = 128 << 20;

    /** Bytes as they are, without a copy. */
    private static final Serializer<byte[]> BYTES = new Serializer<>() {
        @Override
        public byte[] serialize(byte[] event) {
            return event;
        }

        @Override
        public byte[] deserialize(ByteBuffer bytes) {
            byte[] event = new byte[bytes.remaining()];
            bytes.get(event);
            return event;
        }
    };

    private final String scope = "run-" + Long.toString(System.currentTimeMillis(), Character.MAX_RADIX);
    private final HeadraceClient client;
    private final CompositeDisposable reading = new CompositeDisposable();
    private StreamName stream;

    private ReactiveClient(HeadraceClient client) {
        this.client = client;
    }

    public static void main(String[] arguments) {
        HeadraceClient client = HeadraceClient.connect(URI.create("tcp://" + arguments[1]));
        ReactiveClient subject = new ReactiveClient(client);
        client.administration().createScope(subject.scope).blockingGet();
        Measurements.of(subject, arguments).runAndExit();
    }

    @Override
    public void open(String name, int segments) {
        reading.clear();
        stream = new StreamName(scope, name);
        Administration administration = client.administration();
        administration.createStream(stream, StreamConfiguration.fixed(segments)).blockingGet();
    }

    @Override
    public Writer writer() {
        EventWriter<byte[]> writer =
                client.writer(stream, BYTES, WriterOptions.defaults().withMaxBytesInFlight(BYTES_IN_FLIGHT));
        return (key, event, acknowledged) ->
                writer.write(key, event).subscribe(durable -> acknowledged.run(), Subject::fail);
    }

    @Override
    public void read(Consumer<byte[]> events) {
        reading.add(client.reader(stream, BYTES)
                .events()
                .subscribe(event -> events.accept(event.value()), Subject::fail));
    }
}
