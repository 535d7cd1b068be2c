/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

import io.headrace.verticles.embedded.EmbeddedEnsemble;
import io.headrace.verticles.embedded.EmbeddedOptions;
import java.nio.file.Path;

/** A ZooKeeper and a bookie with the settings of Headrace's embedded ones, for a peer. Arguments: directory, two ports. */
public final class Bookie {
    public static void main(String[] arguments) throws InterruptedException {
        EmbeddedOptions options = EmbeddedOptions.in(Path.of(arguments[0]))
                .withPorts(Integer.parseInt(arguments[1]), Integer.parseInt(arguments[2]));
        try (EmbeddedEnsemble ensemble = EmbeddedEnsemble.start(options)) {
            System.out.println("UP " + ensemble.connectString());
            Thread.currentThread().join();
        }
    }
}
