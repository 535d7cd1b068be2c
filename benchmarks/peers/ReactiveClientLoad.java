/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

import io.headrace.benchmarks.ClientLoad;
import io.headrace.client.Administration;
import io.headrace.client.EventWriter;
import io.headrace.client.HeadraceClient;
import io.headrace.client.Serializer;
import io.headrace.client.StreamConfiguration;
import io.headrace.client.StreamName;
import io.headrace.client.WriterOptions;
import io.reactivex.rxjava3.disposables.Disposable;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** ClientLoad for the reactive client, on the class path of the packaged server. Argument: the controller as host:port. */
public final class ReactiveClientLoad implements ClientLoad.Subject {
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
    private StreamName stream;
    private EventWriter<byte[]> writer;
    private Disposable reading = Disposable.disposed();

    private ReactiveClientLoad(HeadraceClient client) {
        this.client = client;
    }

    public static void main(String[] arguments) throws Exception {
        try (HeadraceClient client = HeadraceClient.connect(URI.create("tcp://" + arguments[0]))) {
            ReactiveClientLoad load = new ReactiveClientLoad(client);
            client.administration().createScope(load.scope).blockingGet();
            ClientLoad.measure("reactive", load);
            load.reading.dispose();
        }
    }

    @Override
    public void open(String name) {
        reading.dispose();
        stream = new StreamName(scope, name);
        Administration administration = client.administration();
        administration.createStream(stream, StreamConfiguration.fixed(1)).blockingGet();
        writer = client.writer(stream, BYTES, WriterOptions.defaults().withMaxBytesInFlight(BYTES_IN_FLIGHT));
    }

    @Override
    public void write(byte[] event, Runnable acknowledged) {
        writer.write("key", event).subscribe(durable -> acknowledged.run(), ReactiveClientLoad::fail);
    }

    @Override
    public void read(Consumer<byte[]> events) {
        reading = client.reader(stream, BYTES)
                .events()
                .subscribe(event -> events.accept(event.value()), ReactiveClientLoad::fail);
    }

    private static void fail(Throwable cause) {
        cause.printStackTrace();
        System.exit(1);
    }
}
