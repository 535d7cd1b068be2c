/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

import io.headrace.client.HeadraceClient;
import io.headrace.client.ReaderGroup;
import io.headrace.client.ReaderGroupConfiguration;
import io.headrace.client.Serializers;
import io.headrace.client.StreamConfiguration;
import io.headrace.client.StreamName;
import io.reactivex.rxjava3.core.Flowable;
import java.net.URI;

public class ReadTogether {
    public static void main(String[] args) {
        URI controller = URI.create(args.length > 0 ? args[0] : "tcp://127.0.0.1:9090");
        StreamName words = StreamName.of("reactive/together-" + System.currentTimeMillis());
        try (HeadraceClient client = HeadraceClient.connect(controller)) {
            ReaderGroup group = client.readerGroups(words.scope()).group(words.name());
            client.administration().createScope(words.scope())
                    .flatMap(made -> client.administration().createStream(words, StreamConfiguration.fixed(2)))
                    .flatMap(made -> client.readerGroups(words.scope())
                            .create(group.name(), ReaderGroupConfiguration.of(words)))
                    .ignoreElement()
                    .andThen(client.writer(words, Serializers.utf8())
                            .writeAll(Flowable.fromArray("one leaves another goes on".split(" ")), word -> "my key"))
                    .blockingAwait();
            group.reader("first", Serializers.utf8()).events()
                    .take(2) // leaves the group behind the second event
                    .blockingForEach(event -> System.out.println("first: " + event.value()));
            group.reader("second", Serializers.utf8()).events()
                    .take(3)
                    .blockingForEach(event -> System.out.println("second: " + event.value()));
        }
    }
}
