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
import io.pravega.client.stream.impl.UTF8StringSerializer;
import java.net.URI;
import java.util.UUID;

public class Tour {
    public static void main(String[] args) {
        ClientConfig config = ClientConfig.builder()
                .controllerURI(URI.create("tcp://127.0.0.1:9090"))
                .build();

        try (StreamManager streams = StreamManager.create(config)) {
            streams.createScope("tour");
            streams.createStream("tour", "words", StreamConfiguration.builder()
                    .scalingPolicy(ScalingPolicy.fixed(2))
                    .build());
        }
        try (EventStreamClientFactory clients = EventStreamClientFactory.withScope("tour", config);
                EventStreamWriter<String> writer = clients.createEventWriter(
                        "words", new UTF8StringSerializer(), EventWriterConfig.builder().build())) {
            for (String word : "a stream keeps what it has acknowledged".split(" ")) {
                writer.writeEvent("my key", word).join(); // durable when this returns
            }
        }
        String group = "group-" + UUID.randomUUID();
        try (ReaderGroupManager groups = ReaderGroupManager.withScope("tour", config)) {
            groups.createReaderGroup(group, ReaderGroupConfig.builder().stream("tour/words").build());
        }
        try (EventStreamClientFactory clients = EventStreamClientFactory.withScope("tour", config);
                EventStreamReader<String> reader = clients.createReader(
                        "reader", group, new UTF8StringSerializer(), ReaderConfig.builder().build())) {
            for (EventRead<String> read = reader.readNextEvent(5_000);
                    read.getEvent() != null;
                    read = reader.readNextEvent(1_000)) {
                System.out.println(read.getEvent());
            }
        }
    }
}
