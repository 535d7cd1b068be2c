/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.doctor;

import io.headrace.server.settings.Settings;
import io.headrace.verticles.net.Endpoint;
import java.util.Optional;

/** All checks, in the order in which one thing needs another. */
public final class Doctor {
    private final Settings settings;

    /** Checks for a server with these settings, a node of a cluster if they name a ZooKeeper. */
    public Doctor(Settings settings) {
        this.settings = settings;
    }

    /**
     * Looks at everything.
     *
     * @param controller of a server that runs already; without it, at what a server that is started here needs
     */
    public Findings examine(Optional<Endpoint> controller) throws InterruptedException {
        Findings findings = new Findings();
        Optional<String> zooKeeper = settings.get(Settings.ZOOKEEPER);
        if (controller.isPresent()) {
            ClientChecks.run(controller.get(), findings);
        } else {
            MachineChecks.run(settings, findings);
            DirectoryChecks.run(settings.get(Settings.DATA), findings);
            ListenChecks.run(settings, zooKeeper.isPresent(), findings);
        }
        if (zooKeeper.isPresent()) {
            new ClusterChecks(settings).run(zooKeeper.get(), findings);
        }
        return findings;
    }
}
