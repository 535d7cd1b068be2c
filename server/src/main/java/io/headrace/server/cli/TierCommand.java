/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.cli;

import io.vertx.core.json.JsonObject;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code headrace tier}. */
final class TierCommand {
    private TierCommand() {}

    @Command(
            name = "tier",
            description = "Shows long-term storage: where it is, how much waits for it, and what keeps it there.")
    static void tier(@Mixin Connection connection) {
        JsonObject tier = connection.http().get("/health").getJsonObject("longTermStorage");
        if (tier == null) {
            throw CommandException.failed(
                    "the server does not say how its long-term storage is; is it of this version?");
        }
        String problem = tier.getString("problem", "");
        connection
                .printer()
                .show(new Row()
                        .with("address", tier.getString("address"))
                        .with("state", tier.getString("state"))
                        .withBytes("waitingBytes", tier.getLong("waitingBytes"))
                        .withBytes("mostWaitingBytes", tier.getLong("mostWaitingBytes"))
                        .with("waitingSeconds", tier.getLong("waitingSeconds"))
                        .with("writersWait", tier.getBoolean("writersWait"), yes(tier.getBoolean("writersWait", false)))
                        .with("chunks", tier.getInteger("chunks"))
                        .with("problem", problem, problem.isEmpty() ? "none" : problem));
    }

    private static String yes(boolean value) {
        return value ? "yes" : "no";
    }
}
