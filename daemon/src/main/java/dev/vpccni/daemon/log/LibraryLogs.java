package dev.vpccni.daemon.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import ch.qos.logback.core.AppenderBase;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** Leads what libraries have to warn about into our log. */
public final class LibraryLogs {

    private LibraryLogs() {}

    /** Called before the first library that logs is used. */
    public static void redirect(Log log) {
        var context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        var appender = new Forwarding(log);
        appender.setContext(context);
        appender.start();
        var root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.WARN);
        root.addAppender(appender);
        java.util.logging.Logger.getLogger("").setLevel(java.util.logging.Level.SEVERE);
    }

    private static final class Forwarding extends AppenderBase<ILoggingEvent> {

        private final Log log;

        Forwarding(Log log) {
            this.log = log;
        }

        @Override
        protected void append(ILoggingEvent event) {
            boolean error = event.getLevel().isGreaterOrEqual(Level.ERROR);
            log.foreign(
                    error ? LogLevel.ERROR : LogLevel.WARN,
                    event.getLoggerName(),
                    event.getFormattedMessage(),
                    cause(event));
        }

        private static @Nullable Throwable cause(ILoggingEvent event) {
            return event.getThrowableProxy() instanceof ThrowableProxy proxy
                    ? proxy.getThrowable()
                    : null;
        }
    }
}
