// An application as its authors would write it: the passwords of its relays are on the production machines only, and nothing here knows of tests.

using TransactionalMail;
using TransactionalMail.Tests.WebApplication;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddTransactionalMail(builder.Configuration.GetSection("TransactionalMail"));
builder.Services.AddSingleton<PasswordResets>();
builder.Services.AddHostedService(static services => services.GetRequiredService<PasswordResets>());

var app = builder.Build();
app.MapPost("/orders", Orders.PlaceAsync);
app.MapPost("/password-resets", static async (PasswordReset reset, PasswordResets resets) =>
{
    await resets.RequestAsync(reset);
    return Results.Accepted();
});
await app.RunAsync();
