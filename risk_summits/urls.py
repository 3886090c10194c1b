"""The addresses of risk summits; ``id`` is always the headline's."""

from django.urls import path

from risk_summits.views import (
    call_list,
    calling,
    closing,
    detail,
    judging,
    leading,
    listing,
    provider,
    responding,
    tabling,
)

app_name = "risk_summits"

urlpatterns = [
    path("", listing.SummitList.as_view(), name="list"),
    path("call/", calling.TriggerPage.as_view(), name="trigger"),
    path("<uuid:id>/", detail.SummitPage.as_view(), name="detail"),
    path("<uuid:id>/top/", detail.TopPage.as_view(), name="top"),
    path("<uuid:id>/as-it-stands/", detail.AsItStandsPage.as_view(), name="as_it_stands"),
    path("<uuid:id>/acknowledge/", detail.AcknowledgePage.as_view(), name="acknowledge"),
    path("<uuid:id>/told/<uuid:clock>/", call_list.ToldPage.as_view(), name="told"),
    path("<uuid:id>/call-a-body/", call_list.CallBodyPage.as_view(), name="call_body"),
    path("<uuid:id>/list-a-person/", call_list.ListPersonPage.as_view(), name="list_person"),
    path("<uuid:id>/bring/", call_list.BringPage.as_view(), name="bring"),
    path("<uuid:id>/view/", judging.ViewPage.as_view(), name="view"),
    path("<uuid:id>/danger/", judging.DangerPage.as_view(), name="danger"),
    path("<uuid:id>/known/", judging.KnownPage.as_view(), name="known"),
    path("<uuid:id>/judge/<slug:judge>/", judging.JudgePage.as_view(), name="judge"),
    path("<uuid:id>/judgements/<uuid:judgement>/", judging.CorrectPage.as_view(), name="correct"),
    path("<uuid:id>/lead/propose/", leading.ProposePage.as_view(), name="propose"),
    path("<uuid:id>/lead/<uuid:offer>/answer/", leading.TakePage.as_view(), name="take"),
    path("<uuid:id>/lead/<uuid:offer>/object/", leading.ObjectPage.as_view(), name="object"),
    path("<uuid:id>/objections/<uuid:objection>/", leading.WithdrawObjectionPage.as_view(), name="take_back"),
    path("<uuid:id>/lead/hand-over/", leading.HandOverPage.as_view(), name="hand_over"),
    path("<uuid:id>/handovers/<uuid:handover>/", leading.TakeOverPage.as_view(), name="take_over"),
    path("<uuid:id>/lead/nhs-england/", leading.ConcernedPage.as_view(), name="concerned"),
    path("<uuid:id>/sooner/", responding.SoonerPage.as_view(), name="sooner"),
    path("<uuid:id>/follow-up/", responding.FollowUpPage.as_view(), name="follow_up"),
    path("<uuid:id>/impact/", responding.ImpactPage.as_view(), name="impact"),
    path("<uuid:id>/impact/<uuid:assessment>/", responding.ImpactAnswerPage.as_view(), name="impact_answer"),
    path("<uuid:id>/gates/<slug:gate>/", closing.GatePage.as_view(), name="gate"),
    path("<uuid:id>/exit/", closing.CriterionPage.as_view(), name="criterion"),
    path("<uuid:id>/exit/<uuid:criterion>/", closing.CriterionMetPage.as_view(), name="criterion_met"),
    path("<uuid:id>/close/", closing.ClosePage.as_view(), name="close"),
    path("<uuid:id>/provider/", provider.ProviderPage.as_view(), name="provider"),
    path("<uuid:id>/provider/not-yet/", provider.WithholdPage.as_view(), name="withhold"),
    path("<uuid:id>/provider/not-yet/agree/", provider.AgreePage.as_view(), name="agree"),
    path("<uuid:id>/put-before/", tabling.TablePage.as_view(), name="table"),
    path("<uuid:id>/put-before/<uuid:tabled>/", tabling.ChangeTabledPage.as_view(), name="change_tabled"),
]
