/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

import io.headrace.client.HeadraceClient;
import io.headrace.client.Serializers;
import io.headrace.client.StreamConfiguration;
import io.headrace.client.StreamName;
import io.reactivex.rxjava3.core.Flowable;
import java.net.URI;

public class WriteAndRead {
    public static void main(String[] args) {
        URI controller = URI.create(args.length > 0 ? args[0] : "tcp://127.0.0.1:9090");
        StreamName words = StreamName.of("reactive/words-" + System.currentTimeMillis());
        try (HeadraceClient client = HeadraceClient.connect(controller)) {
            client.administration().createScope(words.scope())
                    .flatMap(made -> client.administration().createStream(words, StreamConfiguration.fixed(2)))
                    .ignoreElement()
                    .blockingAwait();
            client.writer(words, Serializers.utf8())
                    .writeAll(Flowable.fromArray("demand reaches the wire".split(" ")), word -> "my key")
                    .blockingAwait(); // durable when this returns
            client.reader(words, Serializers.utf8()).events()
                    .take(4)
                    .blockingForEach(event -> System.out.println(event.value()));
        }
    }
}
