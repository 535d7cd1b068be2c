import io.pravega.client.ClientConfig;
import io.pravega.client.EventStreamClientFactory;
import io.pravega.client.admin.ReaderGroupManager;
import io.pravega.client.admin.StreamManager;
import io.pravega.client.stream.EventRead;
import io.pravega.client.stream.EventStreamReader;
import io.pravega.client.stream.EventStreamWriter;
import io.pravega.client.stream.EventWriterConfig;
import io.pravega.client.stream.ReaderConfig;
import io.pravega.client.stream.ReaderGroupConfig;
import io.pravega.client.stream.ScalingPolicy;
import io.pravega.client.stream.StreamConfiguration;
import io.pravega.client.stream.Transaction;
import io.pravega.client.stream.TransactionalEventStreamWriter;
import io.pravega.client.stream.impl.UTF8StringSerializer;
import java.net.URI;
import java.util.UUID;

public class Tour {
    public static void main(String[] args) throws Exception {
        ClientConfig config = ClientConfig.builder()
                .controllerURI(URI.create("tcp://127.0.0.1:9090"))
                .build();
        UTF8StringSerializer utf8 = new UTF8StringSerializer();
        EventWriterConfig writing = EventWriterConfig.builder().build();
        String group = "group-" + UUID.randomUUID();

        try (StreamManager streams = StreamManager.create(config);
                ReaderGroupManager groups = ReaderGroupManager.withScope("tour", config);
                EventStreamClientFactory clients = EventStreamClientFactory.withScope("tour", config)) {

            // Create: a stream of two segments.
            streams.createScope("tour");
            streams.createStream("tour", "words", StreamConfiguration.builder()
                    .scalingPolicy(ScalingPolicy.fixed(2))
                    .build());

            // Write: events with one routing key keep their order.
            try (EventStreamWriter<String> writer = clients.createEventWriter("words", utf8, writing)) {
                for (String word : "a stream keeps what it has acknowledged".split(" ")) {
                    writer.writeEvent("my key", word).join(); // durable when this returns
                }
            }

            // Scale: four segments take the place of those that are there; nobody has to stop for it.
            streams.updateStream("tour", "words", StreamConfiguration.builder()
                    .scalingPolicy(ScalingPolicy.fixed(4))
                    .build());

            // A transaction: all of its events are seen, in one place, or none.
            try (TransactionalEventStreamWriter<String> writer =
                    clients.createTransactionalEventWriter("words", utf8, writing)) {
                Transaction<String> transaction = writer.beginTxn();
                for (String word : "in order and as a whole".split(" ")) {
                    transaction.writeEvent("my key", word);
                }
                transaction.commit();
            }

            // Read, from the beginning.
            groups.createReaderGroup(group, ReaderGroupConfig.builder().stream("tour/words").build());
            try (EventStreamReader<String> reader =
                    clients.createReader("reader", group, utf8, ReaderConfig.builder().build())) {
                for (int silent = 0; silent < 5; ) {
                    EventRead<String> read = reader.readNextEvent(1_000);
                    if (read.getEvent() == null) {
                        silent++;
                    } else {
                        silent = 0;
                        System.out.println(read.getEvent());
                    }
                }
            }
        }
    }
}
