/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.Context;
import ch.qos.logback.core.OutputStreamAppender;
import io.headrace.server.settings.Settings;
import java.util.Iterator;
import java.util.logging.LogManager;
import org.slf4j.LoggerFactory;

/** The log of this process, where it is to be another than {@code logback.xml} says. */
final class Logging {
    private static final String OURS = "io.headrace";
    private static final String STORAGE = "org.apache";

    private Logging() {}

    /** What goes wrong is told by the command itself. */
    static void silence() {
        level(Settings.LogLevel.ERROR);
        if (LoggerFactory.getLogger("io.vertx") instanceof Logger library) {
            library.setLevel(Level.ERROR);
        }
        // Where the launcher has left out our log, Vert.x takes that of the JDK.
        LogManager.getLogManager().reset();
    }

    static void level(Settings.LogLevel level) {
        if (LoggerFactory.getLogger(OURS) instanceof Logger ours
                && LoggerFactory.getLogger(STORAGE) instanceof Logger storage) {
            ours.setLevel(Level.valueOf(level.name()));
            if (level == Settings.LogLevel.DEBUG) {
                storage.detachAndStopAllAppenders();
                storage.setAdditive(true);
            }
        }
    }

    /** How each line looks from here on. */
    static void format(Settings.LogFormat format) {
        if (format == Settings.LogFormat.JSON
                && LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME) instanceof Logger root
                && LoggerFactory.getLogger(STORAGE) instanceof Logger storage) {
            toJson(root.iteratorForAppenders());
            toJson(storage.iteratorForAppenders());
        }
    }

    private static void toJson(Iterator<Appender<ILoggingEvent>> appenders) {
        appenders.forEachRemaining(appender -> {
            if (appender instanceof OutputStreamAppender<ILoggingEvent> stream) {
                stream.setEncoder(json(stream.getContext()));
            }
        });
    }

    /** One object a line, with its exception if it has one, for who reads with a program. */
    static JsonEncoder json(Context context) {
        JsonEncoder encoder = new JsonEncoder();
        encoder.setContext(context);
        encoder.setWithMessage(false);
        encoder.setWithFormattedMessage(true);
        encoder.setWithArguments(false);
        encoder.setWithSequenceNumber(false);
        encoder.setWithNanoseconds(false);
        encoder.setWithContext(false);
        encoder.setWithMarkers(false);
        encoder.setWithMDC(false);
        encoder.setWithKVPList(false);
        encoder.start();
        return encoder;
    }
}
