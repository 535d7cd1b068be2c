/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.cli;

import io.headrace.client.Administration;
import io.headrace.client.HeadraceClient;

/** A command that is connected. */
record Session(HeadraceClient client, Console console, Printer printer) {

    Administration administration() {
        return client.administration();
    }
}
