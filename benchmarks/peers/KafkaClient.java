/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

import io.headrace.benchmarks.Measurements;
import io.headrace.benchmarks.Subject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Kafka's client. Arguments: those of Measurements. With the property flush each request is synced to disk before it is
 * acknowledged; without it, as Kafka does by default, when the system sees fit.
 */
public final class KafkaClient implements Subject {
    private static final int MOST_BYTES = 2 << 20;
    private static final Duration POLL = Duration.ofMillis(10);

    private final String address;
    private String topic;
    private int partitions;
    private Thread reading;
    private final List<KafkaProducer<String, byte[]>> writers = new ArrayList<>();

    private KafkaClient(String address) {
        this.address = address;
    }

    public static void main(String[] arguments) {
        Measurements.of(new KafkaClient(arguments[1]), arguments).runAndExit();
    }

    @Override
    public void open(String stream, int segments) throws Exception {
        if (reading != null) {
            reading.interrupt();
            reading = null;
        }
        writers.forEach(KafkaProducer::close);
        writers.clear();
        topic = stream + "-" + Long.toString(System.currentTimeMillis(), Character.MAX_RADIX);
        partitions = segments;
        NewTopic made = new NewTopic(topic, Optional.of(segments), Optional.empty())
                .configs(Boolean.getBoolean("flush") ? Map.of("flush.messages", "1") : Map.of());
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", address))) {
            admin.createTopics(List.of(made)).all().get();
        }
        // An idempotent producer that begins with a topic as it is being made can repeat its first events for ever.
        TimeUnit.SECONDS.sleep(1);
    }

    @Override
    public Writer writer() {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers", address,
                "acks", "all",
                "linger.ms", 0,
                "batch.size", 1 << 20,
                "buffer.memory", 64 << 20,
                "max.request.size", MOST_BYTES);
        KafkaProducer<String, byte[]> producer =
                new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer());
        writers.add(producer);
        String open = topic;
        return (key, event, acknowledged) -> producer.send(new ProducerRecord<>(open, key, event), (stored, failure) -> {
            if (failure != null) {
                Subject.fail(failure);
            }
            acknowledged.run();
        });
    }

    @Override
    public void read(Consumer<byte[]> events) {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers", address,
                "auto.offset.reset", "earliest",
                "enable.auto.commit", false,
                "max.poll.records", 5_000,
                "max.partition.fetch.bytes", 4 << 20);
        List<TopicPartition> all = IntStream.range(0, partitions)
                .mapToObj(number -> new TopicPartition(topic, number))
                .toList();
        Thread thread = new Thread(() -> {
            try (KafkaConsumer<byte[], byte[]> consumer =
                    new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
                consumer.assign(all);
                while (!Thread.currentThread().isInterrupted()) {
                    consumer.poll(POLL).forEach(record -> events.accept(record.value()));
                }
            } catch (org.apache.kafka.common.errors.InterruptException ended) {
                // the next stream is opened
            }
        });
        thread.setDaemon(true);
        thread.start();
        reading = thread;
    }
}
